import { describe, expect, it } from 'vitest'
import { errorOf, jsonOf, refusalOf } from './testing.js'

const yaml = (text: string) => jsonOf('f.yaml', text)
const refusal = (text: string) => refusalOf('f.yaml', text)

describe('YAML scalars', () => {
  it.each([
    ['9007199254740993', '9007199254740993'],
    ['-18446744073709551616', '-18446744073709551616'],
    ['-0', '-0'],
    ['+5', '5'],
    ['007', '7'],
    ['0x1F', '31'],
    ['0o17', '15'],
    ['0xFFFFFFFFFFFFFFFFFF', '4722366482869645213695'],
    ['1.10', '1.10'],
    ['1e400', '1e400'],
    ['1E5', '1E5'],
    ['.5', '0.5'],
    ['-.5', '-0.5'],
    ['5.', '5.0'],
    ['1.e3', '1.0e3'],
    ['true', 'true'],
    ['FALSE', 'false'],
    ['~', 'null'],
    ['Null', 'null'],
    ['', 'null'],
  ])('%s is the JSON %s', async (written, json) => expect(await yaml(`a: ${written}\n`)).toBe(`{"a":${json}}`))

  it.each([
    'NO',
    'on',
    'y',
    '1_000',
    '0b11',
    '0X1F',
    '-0x1F',
    '1:30',
    '2024-01-02',
    '2024-01-02T03:04:05Z',
    '.inf',
    '-.INF',
    '.NaN',
    'tRUE',
    '1.2.3',
    '1e',
    '=',
    '<<',
  ])('%s is a string', async (written) => expect(await yaml(`a: ${written}\n`)).toBe(`{"a":${JSON.stringify(written)}}`))

  it('a quoted or block scalar is a string, whatever it looks like', async () => {
    expect(await yaml('a: "1"\nb: \'true\'\nc: |\n  5\nd: ! 7\ne: !!str 7\n')).toBe('{"a":"1","b":"true","c":"5\\n","d":"7","e":"7"}')
  })
  it.each([
    ['|\n  x', 'x'],
    ['>\n  x\n  y', 'x y'],
    ['|+\n  x\n\n  y', 'x\n\ny'],
    ['|\n  x\n   ', 'x\n \n'],
    ['|\n  x\n', 'x\n'],
    ['|\n  x\n  ', 'x\n'],
    ['|\n  x\n# c', 'x\n'],
    ['|-\n  x', 'x'],
    ['"x\\n"', 'x\n'],
  ])('a block ends with a line feed only if the file has one there: %j', async (written, value) =>
    expect(JSON.parse(await yaml(`a: ${written}`))).toEqual({ a: value }),
  )
  it('a carriage return alone ends a line', async () =>
    expect(await yaml('a: 1 # c\rb: |\r  x\r  y\rc: "p\r q"\r\n')).toBe('{"a":1,"b":"x\\ny\\n","c":"p q"}'))
  it('core tags say the type, and have to fit', async () => {
    expect(await yaml('a: !!int "5"\nb: !!float 5\nc: !!bool "true"\nd: !!null ""\ne: !!map {}\nf: !!seq []\n')).toBe(
      '{"a":5,"b":5.0,"c":true,"d":null,"e":{},"f":[]}',
    )
    expect(await refusal('a: 1\nb: !!int x\n')).toBe('format.syntax 2:10')
  })
})

describe('YAML keys', () => {
  it('are their text', async () => expect(await yaml('1: a\ntrue: b\n1.50: c\n"q": d\n')).toBe('{"1":"a","true":"b","1.50":"c","q":"d"}'))
  it('stay in the order of the file', async () => expect(await yaml('b: 1\n10: 1\na: 1\n2: 1\n')).toBe('{"b":1,"10":1,"a":1,"2":1}'))
  it('are refused when they say the same twice', async () => {
    expect(await refusal('a: 1\nb:\n  c: 1\n  "c": 2\n')).toBe('format.duplicate_key 4:3')
    expect(await refusal('1: a\n"1": b\n')).toBe('format.duplicate_key 2:1')
  })
  it('are refused when they are maps or lists, as an unquoted template is', async () => {
    expect(await refusal('a: {{ x }}\n')).toBe('format.syntax 1:5')
    expect(await refusal('? [a]\n: 1\n')).toBe('format.syntax 1:3')
  })
  it('are never __proto__, not through a merge key either', async () => {
    expect(await refusal('a:\n  __proto__: 1\n')).toBe('format.unsafe 2:3')
    expect(await refusal('a:\n  <<: {__proto__: {admin: true}}\n')).toBe('format.unsafe 2:8')
  })
  it('`<<` is a key like any other in YAML 1.2', async () =>
    expect(await yaml('b: &b {x: 1}\nu:\n  <<: *b\n')).toBe('{"b":{"x":1},"u":{"<<":{"x":1}}}'))
})

describe('YAML aliases', () => {
  it('stand for the last anchor of their name', async () => {
    expect(await yaml('a: &x {v: &y 1}\nb: &y 2\nc: *x\nd: *y\ne: &x 3\nf: *x\n')).toBe('{"a":{"v":1},"b":2,"c":{"v":1},"d":2,"e":3,"f":3}')
  })
  it('may be keys', async () => expect(await yaml('a: &k name\n*k : 1\n')).toBe('{"a":"name","name":1}'))
  it('may be many', async () => {
    const uses = Array.from({ length: 2000 }, (_, i) => `u${i}: *x`).join('\n')
    expect(Object.keys(JSON.parse(await yaml(`x: &x {a: 1, b: 2}\n${uses}\n`)))).toHaveLength(2001)
  })
  it('of one value are values of the file and no bomb, as many as there are', async () => {
    const { b } = JSON.parse(await yaml(`a: &a x\nb:\n${'- *a\n'.repeat(11_000)}`))
    expect(b).toHaveLength(11_000)
  })

  it.each([
    ['no anchor', 'a: *x\n', '1:4'],
    ['an anchor after it', 'a: *x\nb: &x 1\n', '1:4'],
    ['its own anchor', 'a: &x\n  b: *x\n', '2:6'],
  ])('are refused with %s', async (_name, text, place) => expect(await refusal(text)).toBe(`format.unsafe ${place}`))
  it('are refused when they multiply', async () => {
    const levels = Array.from({ length: 5 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`)
    expect((await errorOf('f.yaml', `l0: &l0 [${'x,'.repeat(9)}]\n${levels.join('\n')}\n`)).code).toBe('format.unsafe')
    const long = `a: &a "${'x'.repeat(100_000)}"\n${Array.from({ length: 200 }, (_, i) => `u${i}: *a`).join('\n')}\n`
    expect((await errorOf('f.yaml', long)).code).toBe('format.unsafe')
  })
})

describe('what YAML is refused for', () => {
  it.each([
    ['an unknown tag', 'a: 1\nb: !ruby/object:X {}\n', 'format.unsafe 2:4'],
    ['binary', 'a: !!binary aGk=\n', 'format.unsafe 1:4'],
    ['a set', 'a: !!set {x, y}\n', 'format.unsafe 1:4'],
    ['a tag on the wrong kind', 'a: !!seq {x: 1}\n', 'format.syntax 1:10'],
    ['a second document', 'a: 1\n---\nb: 2\n', 'format.syntax 2:1'],
    ['a list', '- a\n', 'format.not_a_map 1:1'],
    ['a lone scalar', '\n  42\n', 'format.not_a_map 2:3'],
    ['a lone null', '~\n', 'format.not_a_map 1:1'],
    ['a tab as indent', 'a:\n\tb: 1\n', 'format.syntax 2:1'],
    ['an unclosed quote', 'a: "x\n', 'format.syntax 1:4'],
    ['an unclosed quote above other keys', "a: 'ok'\nb:\n  - 'it''s\nc: 2\n", 'format.syntax 3:5'],
    ['an unclosed key', 'a: 1\n"b: 2\n', 'format.syntax 2:1'],
    ['a control character', 'a: 1\nb: "x\u0000"\n', 'format.syntax 2:6'],
    ['a mistake in a line that a carriage return ends', 'a: 1\rb: x\rc: d: e\r', 'format.syntax 3:4'],
    ['a key indented deeper than the one before', 'a: 1\nb: 2\n  c: 3\n', 'format.syntax 3:3'],
    ['a key in another column', 'a:\n    b: 1\n\n    # c\n  c: 3\n', 'format.syntax 5:3'],
    ['a map in the line of its key', 'a: 1\nb: c: 3\n', 'format.syntax 2:4'],
    ['two versions', '%YAML 1.2\n%YAML 1.2\n---\na: 1\n', 'format.syntax 2:1'],
    ['an unknown directive', '%FOO bar\n---\na: 1\n', 'format.syntax 1:1'],
    ['half a surrogate pair', 'a: "\\ud83d"\n', 'format.syntax 1:4'],
  ])('%s', async (_name, text, place) => expect(await refusal(text)).toBe(place))

  it('a both-halves escape is one character', async () => expect(await yaml('a: "\\ud83d\\ude00 \\\\ud83d"\n')).toBe('{"a":"😀 \\\\ud83d"}'))
  it('a `%YAML 1.1` line changes no type', async () =>
    expect(await yaml('%YAML 1.1\n---\na: NO\nb: 1_000\nc: 010\n')).toBe('{"a":"NO","b":"1_000","c":10}'))
  it.each(['['.repeat(5000), '{a: '.repeat(5000), '- '.repeat(5000), '? '.repeat(5000), 'a:\n'.replace('a', '&x a')])(
    'nesting without end: %.8s',
    async (text) => {
      expect(
        (await errorOf('f.yaml', text.startsWith('&') ? Array.from({ length: 70 }, (_, i) => `${' '.repeat(i)}a:`).join('\n') : text)).code,
      ).toBe('format.too_deep')
    },
  )
})

describe('a bracket that YAML opens and never closes', () => {
  it.each([
    ['a: [\n', '1:4'],
    ['a: 1\rb: [\r', '2:4'],
    ['a: [1, 2\n', '1:4'],
    ['a: {b: 1', '1:4'],
    ['{a: 1\n', '1:1'],
    ['x: [1]\na:\n  - {b: [1, 2\n\n# c\n', '3:9'],
    ['a: [{b: 1}\n\n', '1:4'],
  ])('is named where it stands: %j', async (text, place) => {
    expect(await refusal(text)).toBe(`format.syntax ${place}`)
    expect((await errorOf('f.yaml', text)).message).toContain('opened here is never closed')
  })
  it.each([
    ['a: [1, 2\nb: 3\n', '2:1'],
    ['a: [\n1\n]\n', '2:1'],
    ['a: [x}\n', '1:6'],
    ['a: [1\nb: [2\n', '2:1'],
  ])('is told apart from lines that are not indented, and from another bracket: %j', async (text, place) => {
    expect(await refusal(text)).toBe(`format.syntax ${place}`)
    expect((await errorOf('f.yaml', text)).remedy).toContain('Close the bracket')
  })
})

describe('a YAML key without a blank behind its colon', () => {
  it.each([
    ['a:1\nb:2\n', 'format.not_a_map 1:1'],
    ['host:example.org\n', 'format.not_a_map 1:1'],
    ['a: 1\nb:2\n', 'format.syntax 2:1'],
    ['a:1\nb: 2\n', 'format.syntax 1:1'],
    ['x:\n  a: 1\n  b:2\n  c: 3\n', 'format.syntax 3:3'],
  ])('is told to have one: %j', async (text, place) => {
    expect(await refusal(text)).toBe(place)
    expect((await errorOf('f.yaml', text)).remedy).toContain('Put a blank behind the `:`')
  })
  it.each(['42\n', '"a:1"\n', 'a: 1\nb\n'])('is told apart from what is no key: %j', async (text) =>
    expect((await errorOf('f.yaml', text)).remedy).not.toContain('blank'),
  )
})
