import { describe, expect, it } from 'vitest'
import { jsonOf, refusalOf } from './testing.js'

const env = async (text: string) => JSON.parse(await jsonOf('.env', text)) as Record<string, string>
const refusal = (text: string) => refusalOf('.env', text)

describe('.env assignments', () => {
  it.each([
    ['A=b', 'b'],
    ['export A=b', 'b'],
    ['  A = b  ', 'b'],
    ['A: b', 'b'],
    ['A=', ''],
    ["A=''", ''],
    ['A=b c', 'b c'],
    ['A=b # c', 'b'],
    ['A=b#c', 'b#c'],
    ['A=#fff', '#fff'],
    ['A=#', '#'],
    ['A=# c', '# c'],
    ['A="C:\\\\"\n# c', 'C:\\'],
    ['A="b#c" # d', 'b#c'],
    ["A='b' # d", 'b'],
    ['A==b=', '=b='],
    ["A=it's", "it's"],
    ['A=a"b"', 'a"b"'],
    ['A=b\\nc', 'b\\nc'],
    ['A="b\\nc\\td\\\\e\\"f"', 'b\nc\td\\e"f'],
    ["A='b\\nc'", 'b\\nc'],
    ["A='it\\'s'", "it's"],
    ['A="b\nc\n"', 'b\nc\n'],
    ["A='b\r\nc'", 'b\nc'],
    ['A=$B-${C}', '$B-${C}'],
    ['A="$B ${C} $(d) `e`"', '$B ${C} $(d) `e`'],
    ['A={"b": 1}', '{"b": 1}'],
    ['A=b\v\f\n\f', 'b'],
    ['A="b"\f# c', 'b'],
    ['A="\\c\\x41"', '\\c\\x41'],
    ['A="\u00a0b"', '\u00a0b'],
    ['A=b\\\\c', 'b\\\\c'],
  ])('%j', async (text, value) => expect(await env(text)).toEqual({ A: value }))

  it('stand one a line, with comments and blank lines between', async () => {
    expect(await env('# c\r\nA=1\r\n\r\n  # c="\r\nexport\tB-1.x=2\nexporter=3\nexport=4')).toEqual({
      A: '1',
      'B-1.x': '2',
      exporter: '3',
      export: '4',
    })
  })
})

describe('what .env is refused for', () => {
  it.each([
    ['a name alone', 'A=1\nB\n', 'format.syntax 2:1'],
    ['an exported name alone', 'export A\n', 'format.syntax 1:1'],
    ['no name', '=1\n', 'format.syntax 1:1'],
    ['a blank in the name', 'A B=1\n', 'format.syntax 1:1'],
    ['an open quote', 'A=1\nB="x\nC=2\n', 'format.syntax 2:3'],
    ['text after the quote', 'A="x" y\n', 'format.syntax 1:6'],
    ['backticks', 'A=`x`\n', 'format.syntax 1:3'],
    ['an escaped dollar, which docker and dotenv read differently', 'A="x\\$y"\n', 'format.syntax 1:5'],
    ['an escaped single quote in double quotes', 'A="it\\\'s"\n', 'format.syntax 1:6'],
    ['an octal escape', 'A="x\\0101"\n', 'format.syntax 1:5'],
    ['two backslashes in single quotes', "A='C:\\\\x'\n", 'format.syntax 1:6'],
    ['a comment behind a tab', 'A=b\t# c\n', 'format.syntax 1:4'],
    ['a blank that only some take off', 'A=b\n\tB= \u00a0c\n', 'format.syntax 2:5'],
    ['such a blank at the end', 'A=b\u2003 # c\n', 'format.syntax 1:4'],
    ['what may be a comment or the value, behind `=` and a blank', 'A=1\nB= # c\n', 'format.syntax 2:4'],
    ['a colour behind a blank', 'A= #fff\n', 'format.syntax 1:4'],
    ['the same behind a vertical tab', 'A=\v# c\n', 'format.syntax 1:4'],
    ['the same behind a line separator, which Python takes off', 'A=\u2028# n\n', 'format.syntax 1:3'],
    ['the same behind a NUL', 'A=\u0000# n\n', 'format.syntax 1:3'],
    ['a backslash before a closing quote, where Python reads on to the next', 'A=1\nB="C:\\\\"\nC="x"\n', 'format.syntax 2:7'],
    ['a carriage return alone', 'A=1\rB=2\n', 'format.syntax 1:4'],
    ['a blank before the colon', 'A : b\n', 'format.syntax 1:1'],
    ['a variable called export, before a blank', 'export = b\n', 'format.syntax 1:1'],
    ['a name given twice', 'A=1\n  export A=2\n', 'format.duplicate_key 2:10'],
    ['__proto__', '__proto__=1\n', 'format.unsafe 1:1'],
  ])('%s', async (_name, text, place) => expect(await refusal(text)).toBe(place))
})
