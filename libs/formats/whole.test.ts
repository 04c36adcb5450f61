import { array, assert, asyncProperty, constantFrom } from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TreeListener } from './contract.js'
import { createJsonText } from './json-text.js'
import { type ReadFormat, readTree } from './parse-file.js'
import { readText } from './source-text.js'
import { jsonOf, LIMITS, refusalOf } from './testing.js'

/** A file as it is read when nothing needs its places, and as it is told piece by piece: the tree, or the code of the refusal. */
async function bothWays(format: ReadFormat, text: string): Promise<[string, string]> {
  const source = readText(Buffer.from(text), `f.${format}`, LIMITS)
  const read = async (told: boolean) => {
    const json = createJsonText(source, LIMITS)
    const listener: TreeListener = told ? withoutWhole(json) : json
    return readTree(source, format, listener, LIMITS).then(
      () =>
        canonical(
          JSON.parse(
            json
              .bytes()
              .toString()
              .replaceAll(/(?<=[:,[])-?[0-9][0-9.eE+-]*(?=[,\]}])/g, '"#$&"'),
          ),
        ),
      (error: { code?: string }) => error.code ?? 'no code',
    )
  }
  return [await read(false), await read(true)]
}

function withoutWhole(json: TreeListener): TreeListener {
  return Object.fromEntries(Object.entries(json).filter(([name]) => name !== 'whole')) as unknown as TreeListener
}

/** Without the order of keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`)
  return `{${entries.toSorted().join(',')}}`
}

const PIECES: Readonly<Record<string, readonly string[]>> = {
  xml: [
    '<a>',
    '</a>',
    '<a/>',
    '<b x="1">',
    '</b>',
    '<b y=" z ">',
    '<c u=\'&amp;\' v="">',
    '</c>',
    'text',
    ' t ',
    '\n ',
    '\u00a0',
    'é',
    '<!-- c -->',
    '<![CDATA[ d ]]>',
    '&#65;',
    '<?p i?>',
    '<constructor/>',
    '1.50',
  ],
  toml: [
    'a = 1.50\n',
    'b.c = -0\n',
    'd = [1, 2]\n',
    '[e]\n',
    '[[f]]\n',
    '"g h" = +1_0\n',
    'i = 1979-05-27\n',
    'j = """\nk = 1\n"""\n',
    '# l\n',
    'm = {n = 1.0, o = "\u0080"}\n',
    'p = inf\n',
    'q = true # r\n',
    ' s = 0x1F \n',
    't = [\n1.5,\n]\n',
    'u = 0.25\r\n',
    'v = [ 0.5,\'x\' , "y\\"]", ] # z\n',
    'w = [\n"a", # b\n 12 , true\n , 3 ]\n',
    'x = [[\ninf],\n[nan]\n, [1.0]]\n',
    'ff = [\n[nan]\n]\n',
    'y = [\n[1979-05-27],\n[1979-12-27\n]]\n',
    'z = [1e5, 0.1234567, 1234567890123456, -0.5, 1]\n',
    '"__proto__" = 1\n',
    'aa."b c".\'d\' = "#\u2028e = 1.50"\n',
    '[h-1.i.k]\nl = -0.0\n',
    '[[h-2]]\nl = "1.50"\n',
    '1.2 = 3\n',
    'bb = """x"""\n',
    'cc = ["", \'\']\n',
    'dd = 2000-01-01 00:00:00 # x\n',
    'ee = 07:32:00\n',
    'gg = 2023-02-29\n',
    'hh = 2024-04-30T23:59:59.123Z # x\n',
    'ii = 0000-12-31t00:00:00-23:59\n',
    'jj = 24:00:00\n',
    'ab = 2000-02-29\n',
    'ac = 1979-05-27T07:32-07:00\n',
    'ad = 07:32:00.12345678901\n',
    'ae = """x\\\n""""\n',
    'af = 2026- 2-30\n',
    'kk = -inf\n',
    'll = +nan # x\n',
    "mm = [\n'b = 5 # ', 'c',\n]\n",
    "'nn = 4 #' = 1.10\n",
    '"oo = 07:32:00 #" = 1e5\n',
    "pp = 'a\u2028qq = 1.50\u2029'\n",
    'rr = {ss = 1, "tt" = [true, "x"], uu.vv = 1.5}\n',
    'ww = [{a = 1}, {}, [1, 2], ["x"]] # y\n',
    'xx = [\n{a = 1.10},\n[{b = 2}],\n]\n',
    "yy = '''\n[zz]\na = 1.50'''\n",
  ],
  ini: [
    'a = 1\n',
    'b=true\n',
    'C = x y\n',
    'd = é=f\n',
    '[e]\n',
    '[g.h]\n',
    '[g]\n',
    '[g.h.i]\n',
    ' [j]\n',
    '[k] ; l\n',
    "m = 'n'\n",
    'o = p#q\n',
    '; r\n',
    's =\n',
    'null = null\n',
    '  t = u\n',
  ],
}

describe('a file is the same tree, whether it is read whole or piece by piece', () => {
  it.each(Object.entries(PIECES))('in %s', async (format, pieces) => {
    const property = asyncProperty(array(constantFrom(...pieces), { minLength: 1, maxLength: 12 }), async (chosen) => {
      const text = format === 'xml' ? `<r>${balanced(chosen)}</r>` : chosen.join('')
      const [whole, told] = await bothWays(format as ReadFormat, text)
      expect(whole).toBe(told)
    })
    await assert(property, { numRuns: 2000 })
  })

  it('in TOML so long that it is read in parts', async () => {
    const property = asyncProperty(array(constantFrom(...(PIECES.toml ?? [])), { minLength: 2, maxLength: 8 }), async (chosen) => {
      const [whole, told] = await bothWays('toml', chosen.join(`# ${'-'.repeat(33_000)}\n`))
      expect(whole).toBe(told)
    })
    await assert(property, { numRuns: 300 })
  })
})

describe('a line that tempts to go back over it again and again', () => {
  const long = 1_000_000
  it.each([
    ['spaces', `${' '.repeat(long)}x`],
    ['spaces after a value', `a = 1${' '.repeat(long)}x`],
    ['spaces in a list', `a = [${' '.repeat(long)}x`],
    ['items', `a = [${'1 , '.repeat(99_000)}x`],
    ['escapes', `a = "${'\\n'.repeat(499_999)}`],
    ['a dotted key', `${'a.'.repeat(long / 2)}x`],
    ['comments', `a = 1${' #'.repeat(long)}\u2028x\u0000`],
  ])('is looked at once: %s', async (_what, line) => {
    expect(await refusalOf('f.toml', line)).toMatch(/^format\.(syntax|too_deep) 1:/)
  })

  it.each([
    ['env', 'comments', `${'#\n'.repeat(long)}A=x\n`],
    ['properties', 'comments', `${'#\n'.repeat(long)}a=x\n`],
    ['env', 'blanks in a value', `A=x${' '.repeat(long)}y\n`],
    ['env', 'blanks behind a value', `A=x y${' '.repeat(long)}`],
    ['env', 'blanks before a value', `A=${' '.repeat(long)}y\n`],
    ['env', 'backslashes in quotes', `A="${'\\\\'.repeat(long / 2)}"`],
    ['ini', 'blanks in a value', `a=x${' '.repeat(long)}y\n`],
    ['ini', 'blanks behind a header', `[a]${' '.repeat(long)}\nb=1\n`],
    ['properties', 'blanks in a value', `a=x${' '.repeat(long)}y\n`],
    ['properties', 'blanks behind backslashes', `a=x${'\\ '.repeat(long / 2)}y\n`],
  ])('is looked at once in %s: %s', async (format, _what, text) => {
    expect(Object.keys(JSON.parse(await jsonOf(`f.${format}`, text)) as object)).toEqual([expect.stringMatching(/^a$/i)])
  })

  it.each([
    ['env', 'blanks behind a name', `A${' '.repeat(long)}x`],
    ['env', 'blanks behind export', `export${' '.repeat(long)}=`],
    ['env', 'a name', 'A'.repeat(long)],
    ['env', 'backslashes in an open quote', `A="${'\\'.repeat(long)}`],
    ['ini', 'blanks in a header', `[a${' '.repeat(long)}b`],
    ['ini', 'blanks behind a header', `[a]${' '.repeat(long)}b`],
    ['ini', 'open brackets', '['.repeat(long)],
    ['ini', 'blanks before a comment in a value', `a=x${' \t'.repeat(long / 2)};`],
    ['ini', 'blanks before what is no blank', `a=x${'\u00a0'.repeat(long)}`],
    ['properties', 'an escape cut short', `a=${'\\\\'.repeat(long / 2)}\\u12`],
  ])('is looked at once in %s, and refused: %s', async (format, _what, text) => {
    expect(await refusalOf(`f.${format}`, text)).toMatch(/^format\.syntax 1:/)
  })
})

/** Closing tags only where they close something, and every element closed. */
function balanced(pieces: readonly string[]): string {
  const open: string[] = []
  const kept = pieces.flatMap((piece) => {
    const [, closing, name = ''] = /^<(\/?)([a-z]+)[^/]*>$/.exec(piece) ?? []
    if (closing === '/') return open.at(-1) === name ? [`</${open.pop()}>`] : []
    if (closing === '') open.push(name)
    return [piece]
  })
  return (
    kept.join('') +
    open
      .toReversed()
      .map((name) => `</${name}>`)
      .join('')
  )
}
