import { describe, expect, it } from 'vitest'
import { jsonOf, refusalOf } from './testing.js'

const properties = async (text: string) => JSON.parse(await jsonOf('f.properties', text)) as Record<string, string>

describe('.properties as Java reads them', () => {
  it.each([
    ['a=b', { a: 'b' }],
    ['a:b', { a: 'b' }],
    ['a b', { a: 'b' }],
    ['a = = b', { a: '= b' }],
    ['a', { a: '' }],
    ['  a\t:\fb  ', { a: 'b  ' }],
    ['a\\ b\\=c = d', { 'a b=c': 'd' }],
    ['a.b.c=1', { 'a.b.c': '1' }],
    ['a=b\\\n  c\\\r\n\td', { a: 'bcd' }],
    ['a\\\n b=c', { ab: 'c' }],
    ['a=b\\\\\nc=d', { a: 'b\\', c: 'd' }],
    ['a=\\t\\n\\r\\f\\q\\:', { a: '\t\n\r\fq:' }],
    ['a=\\u00e9\\uD83D\\uDE00', { a: 'é😀' }],
    ['a=b # no comment', { a: 'b # no comment' }],
    ['# c \\\na=b\n! c\n\n', { a: 'b' }],
    ['a=1\rb=2', { a: '1', b: '2' }],
    ['=x', { '': 'x' }],
    ['\\\n\\\na=b\n\\\n\n', { a: 'b' }],
    ['a=b\\\n\\\n', { a: 'b' }],
  ])('%j', async (text, expected) => expect(await properties(text)).toEqual(expected))

  it.each([
    ['a key given twice', 'a=1\na\\\n  =2\n', 'format.duplicate_key 2:1'],
    ['an escape cut short', 'a=1\nb=x\\u12\n', 'format.syntax 2:4'],
    ['half a surrogate pair', 'a=\\ud83d\n', 'format.syntax 1:3'],
    ['a backslash alone at the end', 'a=b\n \\\n', 'format.syntax 2:2'],
    ['the same with CRLF', 'a=b\r\n# c\r\n\\\r\n', 'format.syntax 3:1'],
    ['nothing but a backslash', '\\', 'format.syntax 1:1'],
    ['__proto__', '__proto__=1\n', 'format.unsafe 1:1'],
  ])('%s is refused', async (_name, text, place) => expect(await refusalOf('f.properties', text)).toBe(place))
})
