import { describe, expect, it } from 'vitest'
import type { Format, KeyPath } from './contract.js'
import { locate, locateInJson } from './locate.js'
import { parseBytes } from './parse-file.js'

const where = async (format: Format, text: string, path: KeyPath) => {
  const position = await locate(Buffer.from(text), `f.${format}`, format, path)
  return position && `${position.line}:${position.column}`
}

describe('the place of a key', () => {
  it.each<[Format, string, KeyPath, string]>([
    ['yaml', 'a: 1\nb:\n  - x\n  - c: 2\n', ['b', 1, 'c'], '4:5'],
    ['yaml', 'a: 1\nb:\n  - x\n  - c: 2\n', ['b', 0], '3:5'],
    ['yaml', 'a: 1\nb:\n  - x\n  - c: 2\n', ['b'], '2:1'],
    ['yaml', '"é😀": {a.b: 1, c: 2}\n', ['é😀', 'c'], '1:16'],
    ['yaml', 'x: &x\n  a: 1\ny: *x\n', ['y', 'a'], '2:3'],
    ['toml', '[a]\n\n[a.b]\nc = """\n[x]\n"""\nd = [1,\n 2]\n', ['a', 'b', 'd', 1], '8:2'],
    ['toml', '[[t]]\nx = 1\n[[t]]\nx = 2\n', ['t', 1, 'x'], '4:1'],
    ['toml', 'a = {b = {c = 1}, d.e = 2}\n', ['a', 'd', 'e'], '1:21'],
    ['env', 'A=1\n\nexport B=2\n', ['B'], '3:8'],
    ['ini', 'r=1\n[a.b]\n  c = 1\n', ['a', 'b', 'c'], '3:3'],
    ['properties', 'a=1\nserver.port = 8\n', ['server', 'port'], '2:1'],
    ['xml', '<a>\n <b x="1"/>\n <b/></a>', ['a', 'b', 1], '3:2'],
    ['xml', '<a>\n <b x="1"/>\n <b/></a>', ['a', 'b', 0, '@x'], '2:2'],
    ['json', '{\n\t"a": [\n\t\t{"b": 1}\n\t]\n}', ['a', 0, 'b'], '3:4'],
  ])('%s %j %j', async (format, text, path, place) => expect(await where(format, text, path)).toBe(place))

  it('is unknown for a key that is not there, and for a file that is none', async () => {
    expect(await where('yaml', 'a: 1\n', ['b'])).toBeUndefined()
    expect(await where('yaml', 'a: [\n', ['a'])).toBeUndefined()
    expect(await where('hcl', 'a = 1\n', ['a'])).toBeUndefined()
  })
})

describe('the place of a character of the JSON text', () => {
  const limits = { maxFileBytes: 10_000, maxDepth: 64, maxKeys: 100 }

  it.each<[Format, string, string, string]>([
    ['yaml', '"😀": 😀\nproduction:\n  a.b: 1\n  a: {b: 2}\n', '"b"', '4:7'],
    ['yaml', 'a:\n  - 1\n  - null\n', '[', '2:3'],
    ['toml', 'x = 1\n[t]\ny = 2\n', '"y"', '3:1'],
    ['env', '# c\nA=1\nB=2\n', '"B"', '3:1'],
    ['ini', '[s]\na = 1\n', '"a"', '2:1'],
    ['xml', '<a>\n <b>1</b>\n</a>', '"b"', '2:2'],
  ])('%s %j: %s', async (format, text, wanted, place) => {
    const json = (await parseBytes(Buffer.from(text), 'f', format, limits)).bytes.toString()
    const column = Array.from(json.slice(0, json.indexOf(wanted))).length + 1
    const position = await locateInJson(Buffer.from(text), 'f', format, column)
    expect(`${position?.line}:${position?.column}`).toBe(place)
  })
})
