import { describe, expect, it } from 'vitest'
import { errorOf, jsonOf, refusalOf } from './testing.js'

const ini = (text: string) => jsonOf('f.ini', text)
const refusal = (text: string) => refusalOf('f.ini', text)

describe('INI as Python and git agree', () => {
  it('reads sections, keys before the first section, comments and blank lines', async () => {
    expect(await ini('# c\nroot = 1\n\n[a] ; c\n\tx = 1\n\ty=two words\n  ; c\n[a.b]\nZ =\n[c]\n')).toBe(
      '{"root":"1","a":{"x":"1","y":"two words","b":{"Z":""}},"c":{}}',
    )
  })
  it.each(['http://x/y#z', 'a;b', '=x', 'a:b', "'x'", 'true', 'null', '[x]', '%(x)s 100%', 'ä € 😀', '~/x', 'x'.repeat(2000)])(
    'the value %.20s is kept as it is',
    async (value) => {
      expect(JSON.parse(await ini(`[s]\nk = ${value}\n`))).toEqual({ s: { k: value } })
    },
  )
  it.each([
    ['a key twice', '[s]\na=1\na=2\n', 'format.duplicate_key 3:1'],
    ['a key twice but for its case', '[s]\na=1\nA=2\n', 'format.duplicate_key 3:1'],
    ['a section twice', '[s]\na=1\n[t]\n[s]\n', 'format.duplicate_key 4:1'],
    ['a section twice but for its case', '[s]\n[S]\n', 'format.duplicate_key 2:1'],
    ['a key and a section of one name', 'a=1\n[a]\nb=1\n', 'format.duplicate_key 2:1'],
    ['a key and an inner section of one name', '[a.b]\nx=1\n[a]\nb=1\n', 'format.duplicate_key 4:1'],
    ['a comment after a value', '[s]\na = 1 ; c\n', 'format.syntax 2:7'],
    ['a value that starts like a comment', 'a = #fff\n', 'format.syntax 1:5'],
    ['quotes', 'a = "x"\n', 'format.syntax 1:5'],
    ['a backslash', 'a = x\\\n', 'format.syntax 1:6'],
    ['a tab in a value', 'a = x\ty\n', 'format.syntax 1:6'],
    ['a key without value', 'a\n', 'format.syntax 1:1'],
    ['a colon for the equals sign', 'a: 1\n', 'format.syntax 1:1'],
    ['a colon in the key', 'a:b = 1\n', 'format.syntax 1:2'],
    ['an array key', 'a[] = 1\n', 'format.syntax 1:2'],
    ['a deeper line, which Python takes for more of the value', '[s]\na = 1\n  b = 2\n', 'format.syntax 3:3'],
    ['[DEFAULT]', '[DEFAULT]\na=1\n', 'format.syntax 1:1'],
    ['a subsection in quotes', '[a "b"]\n', 'format.syntax 1:1'],
    ['blanks in the brackets', '[ a ]\n', 'format.syntax 1:1'],
    ['an open bracket', '[a\n', 'format.syntax 1:1'],
    ['an assignment beside the header', '[a] b=1\n', 'format.syntax 1:1'],
    ['an empty part', '[a..b]\n', 'format.syntax 1:1'],
    ['a lone carriage return', 'a=1\rb=2\n', 'format.syntax 1:4'],
    ['a no-break space around a value', 'a = x\u00a0\n', 'format.syntax 1:5'],
    ['a control character before a key', '[s]\nk = v\n\u0085x = 2\n', 'format.syntax 3:1'],
    ['a control character behind a key', '[s]\ny\u001f = 3\n', 'format.syntax 2:2'],
    ['a control character in a key', '[s]\nx\u0001y = 3\n', 'format.syntax 2:2'],
    ['a no-break space before a key', '[s]\n\u00a0y = 3\n', 'format.syntax 2:1'],
    ['a control character in a section', '[s\u001f]\ny = 3\n', 'format.syntax 1:1'],
    ['__proto__ as a key', '[s]\n__proto__=1\n', 'format.unsafe 2:1'],
    ['__proto__ as a section', '[__proto__]\na=1\n', 'format.unsafe 1:1'],
  ])('%s is refused', async (_name, text, place) => expect(await refusal(text)).toBe(place))

  it('sections deeper than the limit are refused', async () => {
    expect((await errorOf('f.ini', `[${Array.from({ length: 70 }, () => 'a').join('.')}]\nx=1\n`)).code).toBe('format.too_deep')
  })

  it.each([
    ['[S]\nx=1\n[s]\ny=1\n', 'The section "s" was already given in line 1. Case does not tell sections apart.'],
    [' [s]\n x=1\n[s]\ny=1\n', 'The section "s" was already given in line 1.'],
    ['[s]\nPort=1\nport=2\n', 'The key "port" was already given in line 2. Case does not tell keys apart.'],
    ['[s]\nport=1\nport=2\n', 'The key "port" was already given in line 2.'],
  ])('what comes twice is called what it is: %j', async (text, message) => expect((await errorOf('f.ini', text)).message).toBe(message))
})
