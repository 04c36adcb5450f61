import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonOf } from './testing.js'

type Tree = { [key: string]: string | boolean | null | Tree | (string | boolean | Tree)[] }

const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/)
const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const pairs = fc.dictionary(name, text, { minKeys: 1, maxKeys: 8 })
/** XML and INI cannot hold control characters, nor blanks around a value. */
const printable = fc.string({ unit: fc.constantFrom(...Array.from('abc XYZ09äé€😀&<>=-.,:!')), maxLength: 20 }).map((value) => value.trim())

const { tree } = fc.letrec<{ tree: Tree; value: Tree[string] }>((tie) => ({
  tree: fc.dictionary(name, tie('value'), { minKeys: 1, maxKeys: 5, depthIdentifier: 'tree' }) as fc.Arbitrary<Tree>,
  value: fc.oneof(
    { depthIdentifier: 'tree', maxDepth: 4 },
    text,
    fc.boolean(),
    fc.constant(null),
    tie('tree'),
    fc.array(text, { maxLength: 3 }),
  ) as fc.Arbitrary<Tree[string]>,
}))

describe('a tree that is written and read again', () => {
  it('is the same in YAML', async () => {
    expect(await lossOf(tree, 'f.yaml', (value) => `${yamlLines(value, '').join('\n')}\n`)).toBeNull()
  })
  it('is the same in TOML', async () => {
    expect(
      await lossOf(pairs, 'f.toml', (value) =>
        Object.entries(value)
          .map(([key, one]) => `${key} = ${escaped(one)}`)
          .join('\r\n'),
      ),
    ).toBeNull()
  })
  it('is the same in .properties', async () => {
    expect(
      await lossOf(pairs, 'f.properties', (value) =>
        Object.entries(value)
          .map(([key, one]) => `${key}=${asUnicodeEscapes(one)}`)
          .join('\n'),
      ),
    ).toBeNull()
  })
  it('is the same in .env', async () => {
    expect(
      await lossOf(fc.dictionary(name, printable, { minKeys: 1 }), '.env', (value) =>
        Object.entries(value)
          .map(([key, one]) => `${key}="${one}" # note`)
          .join('\n'),
      ),
    ).toBeNull()
  })
  it('is the same in INI', async () => {
    const sections = fc.dictionary(name, fc.dictionary(name, printable, { maxKeys: 4 }), { minKeys: 1, maxKeys: 4 })
    expect(
      await lossOf(sections, 'f.ini', (value) =>
        Object.entries(value)
          .flatMap(([section, entries]) => [`[${section}]`, ...Object.entries(entries).map(([key, one]) => `${key} = ${one}`)])
          .join('\n'),
      ),
    ).toBeNull()
  })
  it('is the same in XML', async () => {
    const document = fc.dictionary(name, printable, { minKeys: 1 }).map((root) => ({ root }))
    expect(
      await lossOf(
        document,
        'f.xml',
        ({ root }) =>
          `<root>${Object.entries(root)
            .map(([key, one]) => `\n <${key}>${asXmlText(one)}</${key}>`)
            .join('')}</root>`,
      ),
    ).toBeNull()
  })
})

/** What fast-check found, or null. */
async function lossOf<Value>(values: fc.Arbitrary<Value>, path: string, write: (value: Value) => string): Promise<string | null> {
  const same = async (value: Value) => isDeepStrictEqual(JSON.parse(await jsonOf(path, write(value))), JSON.parse(JSON.stringify(value)))
  return fc.asyncDefaultReportMessage(await fc.check(fc.asyncProperty(values, same), { numRuns: 200 })).then((message) => message ?? null)
}

/** A string in double quotes with the escapes that YAML and TOML share. */
function escaped(value: string): string {
  return JSON.stringify(value).replaceAll('\u007f', '\\u007f')
}

function yamlLines(value: Tree, indent: string): string[] {
  return Object.entries(value).flatMap(([key, one]) => {
    const start = `${indent}${escaped(key)}:`
    if (Array.isArray(one))
      return one.length === 0
        ? [`${start} []`]
        : [start, ...one.map((item) => `${indent}- ${typeof item === 'string' ? escaped(item) : JSON.stringify(item)}`)]
    if (typeof one !== 'object' || one === null) return [`${start} ${typeof one === 'string' ? escaped(one) : String(one)}`]
    return Object.keys(one).length === 0 ? [`${start} {}`] : [start, ...yamlLines(one, `${indent}  `)]
  })
}

function asUnicodeEscapes(value: string): string {
  return value.replace(/[^a-z]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function asXmlText(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
