import { describe, expect, it } from 'vitest'
import { errorOf, jsonOf, refusalOf } from './testing.js'

const toml = (text: string) => jsonOf('f.toml', text)
const refusal = (text: string) => refusalOf('f.toml', text)

describe('TOML values', () => {
  it.each([
    ['9007199254740993', '9007199254740993'],
    ['1_000', '1000'],
    ['+99', '99'],
    ['-0', '-0'],
    ['0xDEAD_BEEF', '3735928559'],
    ['0o755', '493'],
    ['0b1101', '13'],
    ['1.10', '1.10'],
    ['-0.0', '-0.0'],
    ['5e+22', '5e+22'],
    ['1e400', '1e400'],
    ['9_224.617_445', '9224.617445'],
    ['true', 'true'],
    ['inf', '"inf"'],
    ['-nan', '"-nan"'],
    ['1979-05-27', '"1979-05-27"'],
    ['1979-05-27 07:32:00.999999-07:00', '"1979-05-27 07:32:00.999999-07:00"'],
    ['07:32:00.123456', '"07:32:00.123456"'],
    ['07:32', '"07:32"'],
    ['2000-02-29 00:00:00.1234567890123Z', '"2000-02-29 00:00:00.1234567890123Z"'],
    ['"""x\\\n""""', '"x\\""'],
    ['"""\\  \n\n  """""', '"\\"\\""'],
    ['"""x\\\n"""', '"x"'],
    ['"""x\\\n\\""""', '"x\\""'],
    ['"""x\\\\\n""""', '"x\\\\\\n\\""'],
    ['"""x\\\\\\\n ""y\\\n """"', '"x\\\\\\"\\"y\\""'],
    ["'''x\\\n''''", '"x\\\\\\n\'"'],
    ["'C:\\x'", '"C:\\\\x"'],
    ['"""\na\\\n   b"""', '"ab"'],
  ])('%s is the JSON %s', async (written, json) => expect(await toml(`a = ${written} # c\n`)).toBe(`{"a":${json}}`))

  it('keep their digits wherever they stand', async () => {
    const text =
      'a.b = 1.10\n"c.d" = [1.0, [2.50, -0], {e = 3.0}]\n[t]\nx = 1.0\n[[t.l]]\ny = 1.20\n[[t.l]]\ny = 1.30\n[t.l.z]\nw = 2024-01-02\n["q\\"".r]\ns = """a"b = 1.5""\\"""" \nv = 1.50\n'
    expect(await toml(text)).toBe(
      '{"a":{"b":1.10},"c.d":[1.0,[2.50,-0],{"e":3.0}],"t":{"x":1.0,"l":[{"y":1.20},{"y":1.30,"z":{"w":"2024-01-02"}}]},"q\\"":{"r":{"s":"a\\"b = 1.5\\"\\"\\"","v":1.50}}}',
    )
  })
})

describe('what TOML is refused for', () => {
  it.each([
    ['a key given twice', 'a = 1\na = 2\n', 'format.duplicate_key 2:1'],
    ['a table given twice', '[a]\nx = 1\n[b]\n[a]\n', 'format.duplicate_key 4:2'],
    ['a value made a table', 'a = 1\n[a.b]\n', 'format.duplicate_key 2:2'],
    ['no value', 'a = \n', 'format.syntax 1:5'],
    ['a leading zero', 'a = 007\n', 'format.syntax 1:5'],
    ['a day that is not', 'ok = 2024-02-29\nbad = 2023-02-29\n', 'format.syntax 2:7'],
    ['a year that is no leap year', 'bad = 1900-02-29\n', 'format.syntax 1:7'],
    ['half a date', 'a = 1\nv = 2026- 2-30\n7 = 2024-01-01\n', 'format.syntax 2:5'],
    ['a letter in a date', 'a = [1,\n 1979-Z5-27]\n', 'format.syntax 2:2'],
    ['a colon in a date', 'b = 2010-:2-30\n', 'format.syntax 1:5'],
    ['an offset without colon', 'c = 1979-05-27T00:32:00.999999-0700', 'format.syntax 1:5'],
    ['a day that is not in an inline table', 'a = {b = 1, c = 2023-02-29}\n', 'format.syntax 1:17'],
    ['an hour that no day has', 'c = 24:00:00\n', 'format.syntax 1:5'],
    ['__proto__', '[a]\n__proto__ = 1\n', 'format.unsafe 2:1'],
    ['depth in brackets', `a = ${'['.repeat(80)}${']'.repeat(80)}\n`, 'format.too_deep 1:69'],
    ['depth in headers', `x = 1\n[${Array.from({ length: 70 }, () => 'a').join('.')}]\n`, 'format.too_deep 2:128'],
  ])('%s', async (_name, text, place) => expect(await refusal(text)).toBe(place))

  it.each([
    ['a = 1\na = 2\n', 1],
    ['a.b = 1\n\na.b = 2\n', 1],
    ['[b]\n[a]\nx = 1\n[b]\n', 1],
    ['z = 0\na = 1\n[a.b]\n', 2],
    ['[a]\n\nb = 1\nb = 2\n', 3],
    ['[[a]]\nx = 0\n[[a]]\nx = 1\nx = 2\n', 4],
    ['y = 1\nx = {a = 1,\n a = 2}\n', 2],
    ['a = 1\nx = [{a = 1, b = {a = 1},\n a = 2}]\n', 2],
    ['a = {b = 1}\n\n[ a . c ]\n', 1],
    ["'a b' = '''\n#[x]'''\n\"a b\" = 2\n", 1],
  ])('a key given twice names the first line: %j', async (text, line) => {
    expect((await errorOf('f.toml', text)).message).toMatch(new RegExp(`already given in line ${line}\\.$`))
  })
})

describe('what TOML opens and never closes', () => {
  it.each([
    ['quote', 'a = "x\n', '1:5'],
    ['quote', 'a = "x', '1:5'],
    ['quote', "b = 'it'\na = 'x\nc = 1\n", '2:5'],
    ['quote', 'a = "x\\"\n', '1:5'],
    ['quote', 'a = "x\\\n', '1:5'],
    ['quote', 'a = ["#]", "x\n]\n', '1:12'],
    ['quote', '"a = 1\n', '1:1'],
    ['quote', '["a]\n', '1:2'],
    ['quote', 'b = 1\na = """x\n""\ny\n', '2:5'],
    ['quote', "b = 1\na = '''x\n", '2:5'],
    ['header', '[a\n', '1:1'],
    ['header', 'x = 1\n  [a\ny = 2\n', '2:3'],
    ['header', '[a', '1:1'],
    ['header', '[a.\n', '1:1'],
    ['header', '[[a]\nb = 1\n', '1:1'],
    ['header', '[[a\n', '1:1'],
    ['bracket', 'a = {b=1\n', '1:5'],
    ['bracket', 'a = {b=1', '1:5'],
    ['bracket', 'a = {b=1,\n\n', '1:5'],
    ['bracket', 'a = {\n', '1:5'],
    ['bracket', 'a = {b\n', '1:5'],
    ['bracket', 'x = [1]\na = [\n', '2:5'],
    ['bracket', 'a = [1,\n [2], # ]\n "]"\n', '1:5'],
    ['bracket', 'a = [{b=1}\n# c', '1:5'],
    ['bracket', 'a = [[1\n\n', '1:6'],
  ])('is told as a %s where it begins: %j', async (what, text, place) => {
    expect(await refusal(text)).toBe(`format.syntax ${place}`)
    expect((await errorOf('f.toml', text)).message).toMatch(new RegExp(`${what}.* never closed`))
  })

  it.each([
    ['a = [1 2]\n', '1:8'],
    ['a = [1\nb = 2\n', '2:1'],
    ['a = {b=1\nc=2}\n', '2:1'],
    ['[a b]\n', '1:4'],
    ['[a]]\n', '1:4'],
    ['a = \n', '1:5'],
    ['a b\n', '1:3'],
    ['a = "\\q"\n', '1:7'],
    ['a = ["x", b]\n', '1:11'],
    ['a = """x\\u12\n"""\n', '1:13'],
    ['a = "x\u0001"\n', '1:7'],
  ])('is told apart from another mistake: %j', async (text, place) => {
    expect(await refusal(text)).toBe(`format.syntax ${place}`)
    expect((await errorOf('f.toml', text)).message).not.toContain('closed')
  })
})
