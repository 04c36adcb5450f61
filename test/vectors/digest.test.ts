import { SETTING_DEFAULTS } from '@vartrack/bundle/setting-defaults'
import { loadCore } from '@vartrack/core'
import { compileBytes, compileOptions } from '@vartrack/engine'
import { parseFile } from '@vartrack/formats'
import { records } from '@vartrack/sink-kit'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entriesOf, type Leaf, type Tree, WRITERS, type WriterName } from './written-trees.js'

const core = loadCore()
const RUNS = { numRuns: 250 }

const name = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9_-]{0,6}$/),
  fc.constantFrom('constructor', 'toString', 'true', 'null', 'no', 'é', 'x-1', 'hasOwnProperty'),
)
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    '',
    ' ',
    '1',
    '1.10',
    'true',
    'null',
    '~',
    '# x',
    'a: b',
    '${x}',
    '%{x}',
    'a\nb\n',
    '\ttab',
    '"q"',
    "it's",
    '\\',
    'NO',
    '2024-01-02',
    '@secret(a/b#c)',
  ),
)
const digits = fc.oneof(
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
  fc.tuple(fc.integer(), fc.stringMatching(/^[0-9]{1,20}$/)).map(([whole, fraction]) => `${whole}.${fraction}`),
  fc.constantFrom('0', '1.0', '1.00', '1e3', '1E3', '-2.5e-7', '9007199254740993'),
)
const number: fc.Arbitrary<Leaf> = digits.map((written) => ({ number: written }))

/** TOML has no null. */
const trees = (leaf: fc.Arbitrary<Leaf>): fc.Arbitrary<Tree> =>
  fc.letrec<{ tree: Tree; value: Tree[string] }>((tie) => ({
    tree: fc.dictionary(name, tie('value'), { minKeys: 1, maxKeys: 4, noNullPrototype: true, depthIdentifier: 'tree' }) as fc.Arbitrary<Tree>,
    value: fc.oneof(
      { depthIdentifier: 'tree', maxDepth: 4 },
      leaf,
      tie('tree'),
      fc.array(tie('value'), { maxLength: 3, depthIdentifier: 'tree' }),
      fc.constant({}),
    ) as fc.Arbitrary<Tree[string]>,
  })).tree
const leaf = fc.oneof<fc.Arbitrary<Leaf>[]>(text, number, fc.boolean())
const leafOrNull = fc.oneof<fc.Arbitrary<Leaf>[]>(leaf, fc.constant(null))
const style = fc.array(fc.nat(9), { minLength: 1, maxLength: 8 })

describe('a tree that a format can hold', () => {
  it.each(['json', 'yaml', 'hcl', 'toml'] as const)('is the same entries again after %s', async (format) => {
    const held = trees(format === 'toml' ? leaf : leafOrNull)
    const property = fc.asyncProperty(held, style, async (tree, choices) => {
      expect((await made(format, tree, choices)).entries).toEqual(entriesOf(tree))
    })
    await fc.assert(property, RUNS)
  })
})

describe('the digest of a release', () => {
  it('is the same in JSON, YAML, TOML and HCL, in any order of keys, style, comments and line ends', async () => {
    const property = fc.asyncProperty(trees(leaf), style, style, async (tree, one, other) => {
      const digests = new Set<string>()
      for (const format of Object.keys(WRITERS) as WriterName[])
        for (const choices of [one, other]) {
          digests.add((await made(format, tree, choices)).digest)
          digests.add((await made(format, tree, choices, '\r\n')).digest)
        }
      expect(digests.size).toBe(1)
    })
    await fc.assert(property, RUNS)
  })

  it('differs where the entries, or what is a list, differ', async () => {
    const property = fc.asyncProperty(trees(leafOrNull), trees(leafOrNull), style, async (one, other, choices) => {
      const [first, second] = [await made('json', one, choices), await made('yaml', other, choices)]
      fc.pre(JSON.stringify(first.entries) !== JSON.stringify(second.entries))
      expect(first.digest).not.toBe(second.digest)
    })
    await fc.assert(property, RUNS)
  })

  const pairs: readonly [string, string, string][] = [
    ['an empty map and none', '{"a":{},"b":1}', '{"b":1}'],
    ['an empty list and none', '{"a":[],"b":1}', '{"b":1}'],
    ['an empty map and an empty list', '{"a":{}}', '{"a":[]}'],
    ['an empty map and its text', '{"a":{}}', '{"a":"{}"}'],
    ['a text and a number', '{"a":"1"}', '{"a":1}'],
    ['digits', '{"a":1.10}', '{"a":1.1}'],
    ['an integer and a decimal', '{"a":1}', '{"a":1.0}'],
    ['a list and a map with its indexes', '{"a":[1]}', '{"a":{"0":1}}'],
    ['lists in lists and maps', '{"a":[[1]]}', '{"a":[{"0":1}]}'],
    ['null and an empty text', '{"a":null}', '{"a":""}'],
    ['null and its word', '{"a":null}', '{"a":"null"}'],
    ['null and none', '{"a":null,"b":1}', '{"b":1}'],
    ['a boolean and its word', '{"a":true}', '{"a":"true"}'],
    ['blanks in a text', '{"a":"x"}', '{"a":"x "}'],
    ['line ends in a text', '{"a":"x\\r\\n"}', '{"a":"x\\n"}'],
    ['composed and decomposed letters', '{"a":"\\u00e9"}', '{"a":"e\\u0301"}'],
    ['letter case', '{"a":1}', '{"A":1}'],
    ['minus zero', '{"a":-0}', '{"a":0}'],
    ['where a key ends', '{"a":"bc"}', '{"ab":"c"}'],
  ]
  it.each(pairs)('tells %s apart', async (_name, one, other) => {
    for (const format of ['json', 'yaml'] as const) expect((await compiled(format, one)).digest).not.toBe((await compiled(format, other)).digest)
  })
})

function made(format: WriterName, tree: Tree, choices: readonly number[], lineEnd = '\n') {
  return compiled(format, WRITERS[format](tree, choices).replaceAll('\n', lineEnd))
}

async function compiled(format: WriterName, content: string) {
  const rule = { ...SETTING_DEFAULTS, environments: ['some-environment'], rootKey: '', format }
  const options = compileOptions(rule, `f.${format}`, 'another', { env: 'another' }, { maxFileBytes: 1_000_000, maxDepth: 64, maxKeys: 10_000 })
  const compiler = { core, parser: { parse: parseFile, locate: async () => [] } }
  const { frame, digest } = await compileBytes(compiler, Buffer.from(content), rule, options)
  return { digest, entries: [...records(frame)].map((entry) => [entry.key.toString(), entry.type, entry.value.toString()]) }
}
