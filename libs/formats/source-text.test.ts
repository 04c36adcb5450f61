import { describe, expect, it } from 'vitest'
import { errorOf, jsonOf, LIMITS, refusalOf } from './testing.js'

const BOM = '\ufeff'
const files = { yaml: 'a: x\n', toml: 'a = "x"\n', env: 'a=x\n', ini: 'a=x\n', properties: 'a=x\n', xml: '<a>x</a>\n', json: '{"a":"x"}' }
const formats = Object.entries(files)

describe('the encoding of a file', () => {
  it.each(formats)('%s may start with a byte order mark', async (format, text) =>
    expect(JSON.parse(await jsonOf(`f.${format}`, BOM + text))).toEqual({ a: 'x' }),
  )
  it.each(formats)('%s may be UTF-16 with a byte order mark, in either order', async (format, text) => {
    const little = Buffer.from(BOM + text.replace('x', 'ключ😀'), 'utf16le')
    expect(JSON.parse(await jsonOf(`f.${format}`, little))).toEqual({ a: 'ключ😀' })
    expect(JSON.parse(await jsonOf(`f.${format}`, Buffer.from(little).swap16()))).toEqual({ a: 'ключ😀' })
  })
  it.each(formats)('%s may have CRLF line ends', async (format, text) =>
    expect(JSON.parse(await jsonOf(`f.${format}`, text.replace('\n', '\r\n')))).toEqual({ a: 'x' }),
  )
  it.each([
    ['yaml', 'a: |\n  x\n  y\nb: "x\n\n  y"\n'],
    ['toml', 'a = """\nx\ny"""\nb = \'\'\'x\ny\'\'\'\nc = "\\r\\n"\nd = 1.50\n'],
    ['env', 'A="x\ny"\nB=\'x\ny\'\n'],
    ['properties', 'a = x\\\n  y\n'],
    ['xml', '<r><a>x\ny</a><b c="x\ny"/><d><![CDATA[x\ny]]></d></r>\n'],
  ])('a text of several lines is the same in %s with CRLF and with LF', async (format, text) =>
    expect(await jsonOf(`f.${format}`, text.replaceAll('\n', '\r\n'))).toBe(await jsonOf(`f.${format}`, text)),
  )
  it('a CRLF moves no place', async () =>
    expect(await refusalOf('f.toml', 'a = 1\r\n\r\n  b = 01\r\n')).toBe(await refusalOf('f.toml', 'a = 1\n\n  b = 01\n')))
  it('a carriage return before a CRLF stays one that stands alone', async () =>
    expect(await refusalOf('f.ini', 'a=1\r\r\nb=2\r\n')).toBe('format.syntax 1:4'))
  it.each(formats)('%s with two byte order marks is refused', async (format, text) =>
    expect(await errorOf(`f.${format}`, BOM + BOM + text).catch(String)).toMatchObject({ code: 'format.syntax' }),
  )
  it.each(formats)('%s that is not UTF-8 is refused at the bad byte', async (format) => {
    expect(await refusalOf(`f.${format}`, Buffer.from([0x61, 0x0a, 0xc3, 0xa9, 0x3d, 0xff, 0x62]))).toBe('format.syntax 2:3')
  })
  it.each([
    ['a character cut in two', [0x61, 0xe2, 0x82]],
    ['a surrogate in UTF-8', [0x61, 0xed, 0xa0, 0x80]],
    ['an overlong form', [0x61, 0xc0, 0x80]],
  ])('%s is refused', async (_name, bytes) => expect(await refusalOf('f.yaml', Buffer.from(bytes))).toBe('format.syntax 1:2'))
  it('UTF-16 of an odd length is refused', async () =>
    expect(await refusalOf('f.yaml', Buffer.from([0xff, 0xfe, 0x61, 0x00, 0x3a]))).toBe('format.syntax 1:2'))
  it('a replacement character that stands in the file is a character like any other', async () => {
    const little = Buffer.from(`${BOM}a=\ufffd\n`, 'utf16le')
    expect(await jsonOf('f.properties', little)).toBe('{"a":"\ufffd"}')
    expect(await jsonOf('f.properties', Buffer.from(little).swap16())).toBe('{"a":"\ufffd"}')
    const broken = Buffer.from(`${BOM}a=\ufffd\nb=\ud800\n`, 'utf16le')
    expect(await refusalOf('f.properties', broken)).toBe('format.syntax 2:3')
    expect(await refusalOf('f.properties', Buffer.concat([little, Buffer.from([0x41])]))).toBe('format.syntax 2:1')
    expect(await refusalOf('f.properties', Buffer.from(`${BOM}a=\0\nb=\ud800\n`, 'utf16le'))).toBe('format.syntax 1:3')
  })
  it('UTF-32 is refused', async () => expect((await errorOf('f.yaml', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]))).code).toBe('format.syntax'))
})

describe('a file without values', () => {
  const comments = { yaml: '# c', toml: '# c', env: '# c', ini: '; c', properties: '! c', xml: '<!-- c -->' }
  it.each(Object.entries(comments))('%s with only comments or blanks says nothing', async (format, comment) => {
    for (const text of ['', BOM, '\n', ' \r\n\t\n', comment, `\n${comment}\n\n`])
      expect((await errorOf(`f.${format}`, text)).code).toBe('format.empty')
  })
  it('a document of nothing is empty, an explicit empty map is not', async () => {
    expect((await errorOf('f.yaml', '---\n...\n')).code).toBe('format.empty')
    expect(await jsonOf('f.yaml', '{}')).toBe('{}')
  })
})

describe('the size of a file', () => {
  it('is checked before anything is read', async () => {
    expect(await errorOf('f.yaml', Buffer.alloc(LIMITS.maxFileBytes + 1, 0xff))).toMatchObject({ code: 'limit.bytes', place: { file: 'f.yaml' } })
  })
  it.each([
    ['yaml', 'a: 1\n"b": \'2\'\nc: |\n  "text"\n  k: v\n'],
    ['yaml', '{a: {b: {c: 1}}, ? d, "e": *f}'.replace('*f', '{g: 3}')],
    ['yaml', '? a\n: 1\n? b\n? c\n'],
    ['xml', '<r><a x="1">\n<b><c>2</c><!-- c --></b></a><d>3</d></r>'],
  ])('is not counted too high in %s: %s', async (format, text) => {
    await expect(jsonOf(`f.${format}`, text, { ...LIMITS, maxKeys: 3 })).resolves.toContain('{')
    await expect(jsonOf(`f.${format}`, text, { ...LIMITS, maxKeys: 2 })).rejects.toMatchObject({ code: 'limit.keys' })
  })
  it.each([
    ['items of a list', `a=[${'1.10,'.repeat(100_000)}1]`, 'limit.keys 1:500003'],
    ['lists in a list, with commas behind the last items', `a=[${'[1,],'.repeat(100_001)}]`, 'limit.keys 1:500003'],
    ['digits', `x=1\na=${'1_'.repeat(60_000)}1`, 'limit.memory 2:3'],
    ['hexadecimal digits', `a=0x${'f'.repeat(100_001)}`, 'limit.memory 1:5'],
    ['backslashes', `a="${'\\\\'.repeat(250_000)}"`, 'limit.memory 1:4'],
  ])('is checked in TOML before the library reads far too many: %s', async (_what, text, place) =>
    expect(await refusalOf('f.toml', text)).toBe(place),
  )
  const commas = ','.repeat(200_000)
  it.each([
    ['commas in texts and comments', `a=["${commas}",'${commas}', "\\"${commas}"]# ${commas}\nb="""x${commas}\\""""""\n`],
    ['commas behind last items', `a=[${'[1,],'.repeat(60_000)}]`],
    ['digits in a text', `a="${'1'.repeat(300_000)}"`],
    ['digits of a fraction', `a=1.${'1'.repeat(300_000)}`],
  ])('is not taken for too much in TOML for %s', async (_what, text) => expect(await jsonOf('f.toml', text)).toMatch(/^\{"a":/))
  it('is counted in values too', async () => {
    const limits = { ...LIMITS, maxKeys: 3 }
    for (const [file, text] of [
      ['f.yaml', 'a: 1\nb: 2\nc: [1, 2]\n'],
      ['f.toml', 'a=1\nb=2\nc=[1,\n2]\n'],
      ['f.yaml', '{"a": 1, b: {c: "2", \'d\': [3]},\n e: 4}'],
      ['f.xml', '<r><a>1</a><b c="2">\n<d/></b><e/></r>'],
      ['f.env', 'a=1\nb=2\nc=3\nd=4\n'],
      ['f.ini', 'a=1\nb=2\n[s]\nc=3\nd=4\n'],
      ['f.properties', 'a=1\nb=2\nc=3\nd=4\n'],
    ] as const) {
      expect(await errorOf(file, text, limits)).toMatchObject({ code: 'limit.keys', place: { line: expect.any(Number) } })
    }
  })
})
