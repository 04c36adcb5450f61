import { describe, expect, it } from 'vitest'
import type { Format } from './contract.js'
import { pathsAt } from './json-paths.js'
import { locate } from './locate.js'
import { parseBytes } from './parse-file.js'

const limits = { maxFileBytes: 10_000, maxDepth: 64, maxKeys: 100 }

/** Where pieces of the JSON text that a file becomes come from; `a|b` is the `b` behind the `a`. */
async function where(format: Format, text: string, wanted: readonly string[]): Promise<(string | undefined)[]> {
  const { bytes } = await parseBytes(Buffer.from(text), 'f', format, limits)
  const json = bytes.toString()
  const columns = wanted.map((piece) => {
    const [before = '', after] = piece.split('|')
    const at = after === undefined ? json.indexOf(before) : json.indexOf(after, json.indexOf(before) + before.length)
    return Array.from(json.slice(0, at)).length + 1
  })
  const places = await locate(Buffer.from(text), 'f', format, bytes, columns)
  return places.map((place) => place && `${place.line}:${place.column}`)
}

describe('the place in a file of what became JSON text', () => {
  it.each<[Format, string, readonly string[], readonly string[]]>([
    ['yaml', 'a: 1\nb:\n  - x\n  - c: 2\n', ['"c"', '"x"', '"b"'], ['4:5', '3:5', '2:1']],
    ['yaml', '"é😀": {a.b: 1, c: 2}\n', ['"c"'], ['1:16']],
    ['yaml', '"😀": 😀\nproduction:\n  a.b: 1\n  a: {b: 2}\n', ['"b"', '"a.b"'], ['4:7', '3:3']],
    ['yaml', 'x: &x\n  a: 1\ny: *x\n', ['"y"|"a"', '"y"'], ['2:3', '3:1']],
    ['yaml', 'a:\n  - 1\n  - null\n', ['null'], ['3:5']],
    ['yaml', 'a: 1\nb: 2\n', ['"b"', '"a"', '2'], ['2:1', '1:1', '2:1']],
    ['toml', '[a]\n\n[a.b]\nc = """\n[x]\n"""\nd = [1,\n 2]\n', ['"d"|2'], ['8:2']],
    ['toml', '[[t]]\nx = 1\n[[t]]\nx = 2\n', ['}|"x"'], ['4:1']],
    ['toml', 'a = {b = {c = 1}, d.e = 2}\n', ['"e"'], ['1:21']],
    ['toml', '[b]\nx = 1\n[8080]\ny = 2\n[443]\nz = 3\n', ['"x"', '"y"', '"z"'], ['2:1', '4:1', '6:1']],
    ['env', 'A=1\n\nexport B=2\n', ['"B"', '"A"'], ['3:8', '1:1']],
    ['ini', 'r=1\n[a.b]\n  c = 1\n[9]\nd=1\n', ['"c"', '"r"', '"d"'], ['3:3', '1:1', '5:1']],
    ['properties', 'a=1\nserver.port = 8\n', ['"server.port"'], ['2:1']],
    ['xml', '<a>\n <b x="1"/>\n <b/></a>', ['"b"', '"@x"', '""'], ['2:2', '2:5', '3:2']],
    ['xml', '<?xml version="1.0"?>\n<a ü = "x=1"\n  x=\'y\'/>', ['"@ü"', '"@x"'], ['2:4', '3:3']],
    [
      'xml',
      '<r>\n <db port="x">\n  <host>h</host>\n </db>\n <level>l</level>\n</r>',
      ['"@port"', '"host"', '"level"', '"db"'],
      ['2:6', '3:3', '5:2', '2:2'],
    ],
  ])('%s %j: %j', async (format, text, wanted, places) => expect(await where(format, text, wanted)).toEqual(places))

  it('is unknown for a file that is none, and for a format that the core reads', async () => {
    expect(await locate(Buffer.from('a: ['), 'f', 'yaml', Buffer.from('{"a":1}'), [2, 6])).toEqual([undefined, undefined])
    expect(await locate(Buffer.from('a = 1'), 'f', 'hcl', Buffer.from('{"a":1}'), [2])).toEqual([undefined])
  })
})

describe('the path of a character of a JSON text', () => {
  const json = '{"a":[1,{"b\\"}":"x,{"},[]],"c":{},"d":-1.5e3}'

  it.each([
    [0, []],
    [1, ['a']],
    [5, ['a']],
    [6, ['a', 0]],
    [8, ['a', 1]],
    [10, ['a', 1, 'b"}']],
    [18, ['a', 1, 'b"}']],
    [24, ['a', 2]],
    [json.indexOf('{}'), ['c']],
    [json.indexOf('5e3'), ['d']],
    [json.length, undefined],
  ])('%i is of %j', (offset, path) => expect(pathsAt(json, [offset])).toEqual([path]))

  it('is told for many at once, in any order', () => {
    expect(pathsAt('{"a":1,"b":2}', [9, 1, 1, 99])).toEqual([['b'], ['a'], ['a'], undefined])
  })
})
