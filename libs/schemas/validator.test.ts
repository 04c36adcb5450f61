import { loadCore } from '@vartrack/core'
import { createCue } from '@vartrack/cuelang-wasm'
import { afterAll, describe, expect, it } from 'vitest'
import { sampleCompileOptions } from '../../test/support/samples.js'
import type { Schema } from './contract.js'
import { createValidator } from './validator.js'

const cue = createCue()
const core = loadCore()
afterAll(() => cue[Symbol.asyncDispose]())

const compile = (data: object) => core.compile(Buffer.from(JSON.stringify(data)), 'json', sampleCompileOptions)
const schema = (text: string, digest = text): Schema => ({ text, file: 'acme/schemas/app.cue', digest })

/** A validator, and how often it asked CUE. */
function counted() {
  const asked = { validate: 0, describe: 0 }
  const counting: Parameters<typeof createValidator>[0]['cue'] = {
    validate: (input) => {
      asked.validate += 1
      return cue.validate(input)
    },
    describe: (text, file) => {
      asked.describe += 1
      return cue.describe(text, file)
    },
  }
  return { asked, validator: createValidator({ cue: counting, core }) }
}

describe('a release and its schema', () => {
  it('costs nothing a second time, whichever file it comes from', async () => {
    const { asked, validator } = counted()
    const release = await compile({ port: 5432 })
    const all = ['a.json', 'b.json', 'c.json'].map((file) => validator.inspect(release, schema('#Config: port: int'), file))
    expect((await Promise.all(all)).map(({ violations }) => violations)).toEqual([[], [], []])
    expect(asked).toEqual({ validate: 1, describe: 1 })
    await validator.inspect(await compile({ port: 5433 }), schema('#Config: port: int'), 'a.json')
    expect(asked).toEqual({ validate: 2, describe: 1 })
  })

  it('is looked at anew when the schema is another', async () => {
    const { asked, validator } = counted()
    const release = await compile({ port: 5432 })
    await validator.inspect(release, schema('#Config: port: int'), 'a.json')
    const { violations } = await validator.inspect(release, schema('#Config: port: string'), 'a.json')
    expect([violations.length, asked.validate]).toEqual([1, 2])
  })

  it('is matched flat where the schema has dotted names', async () => {
    const { violations } = await counted().validator.inspect(
      await compile({ db: { port: 'x', host: 'h' } }),
      schema('#Config: {"db.port": int, "db.host": string}'),
      'a',
    )
    expect(violations.map(({ field }) => field)).toEqual(['db.port'])
  })

  it.each([
    ['a name with dots as it stands', '#Config: {labels: [string]: string}', { labels: { 'app.kubernetes.io/name': 'x', b: 'y' } }, []],
    ['and what is wrong with it', '#Config: {labels: [string]: string, n: int}', { labels: { 'a.b': 1 }, n: 1 }, ['labels.a.b']],
    ['a label with dots beside a map', '#Config: {"db.port": int, sub: {x: int}}', { 'db.port': 1, sub: { x: 1 } }, []],
    ['a name with dots as a way', '#Config: {db: {port: int}}', { 'db.port': 1 }, []],
    ['and what is wrong there', '#Config: {db: {port: int, host: string}}', { 'db.port': 'x', 'db.host': 'h' }, ['db.port']],
    [
      'a name with dots beside a way',
      '#Config: {server: {port: int, ...}, metadata: {"x.io/name": string}}',
      { 'server.port': 7, metadata: { 'x.io/name': 's' } },
      [],
    ],
    [
      'and what is wrong with both',
      '#Config: {server: {port: int}, metadata: [string]: string}',
      { 'server.port': 'x', metadata: { 'x.io/name': 1 } },
      ['metadata.x.io/name', 'server.port'],
    ],
    [
      'a way through a label with dots',
      '#Config: {spring: "jpa.hibernate": {ddl: string}, "x.io/name": string}',
      { 'spring.jpa.hibernate.ddl': 'none', 'x.io/name': 's' },
      [],
    ],
    [
      'ways that end in a name',
      '#Config: {server: port: int, logging: level: [string]: string}',
      { 'server.port': 80, 'logging.level.org.springframework': 'DEBUG', 'logging.level.root': 'INFO' },
      [],
    ],
    [
      'more ways than violations are told, and a name',
      '#Config: {m: [string]: int, logging: level: [string]: string}',
      { ...Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`m.k${index}`, index])), 'logging.level.org.x': 'INFO' },
      [],
    ],
    ['a name in a map where the schema has a text', '#Config: {logging?: string, ...}', { logging: { 'a.b': 'x' } }, ['logging']],
    ['a name of more dots than schemas are deep', '#Config: b: int', { b: 'x', [`a${'.a'.repeat(600)}`]: 1 }, [`a${'.a'.repeat(600)}`, 'b']],
    ['a name and a way of one level', '#Config: {a: b: int, "c.d": int}', { 'a.b': 1, 'c.d': 2 }, []],
    ['a name beside what it would be a way into', '#Config: {...}', { 'a.b': 1, a: 2 }, []],
  ])('is matched with %s', async (_what, text, data, fields) => {
    const { violations } = await counted().validator.inspect(await compile(data), schema(text), 'a')
    expect(violations.map(({ field }) => field)).toEqual(fields)
  })

  it('is matched anew when a name with dots is the same way of several', async () => {
    const { asked, validator } = counted()
    const closed = schema('#Config: labels: [string]: string')
    expect((await validator.inspect(await compile({ labels: { 'a.b': 'x' } }), closed, 'a')).violations).toEqual([])
    expect((await validator.inspect(await compile({ labels: { a: { b: 'x' } } }), closed, 'a')).violations).toHaveLength(1)
    expect(asked.validate).toBe(2)
  })

  it('bears the marks of the schema afterwards', async () => {
    const plain = await compile({ db: { password: 'p' }, level: 'info' })
    const { release } = await counted().validator.inspect(plain, schema('#Config: {db: {password: string @secret()}, level: string @logger()}'), 'a')
    expect(release.digest).not.toBe(plain.digest)
    const { logged, report } = await core.diff(release.frame, emptyLive, Buffer.alloc(0), diffOptions)
    expect(logged).toEqual([{ key: 'level', from: null, to: 'info', secret: false }])
    expect(report.map(({ key, to }) => [key, to])).toEqual([
      ['db.password', '***'],
      ['level', 'info'],
    ])
  })

  it('is refused by a schema that is wrong itself, and asked again later', async () => {
    const { asked, validator } = counted()
    const release = await compile({ a: 1 })
    const broken = schema('#Config: {a: nowhere}')
    for (const _ of [1, 2]) {
      await expect(validator.inspect(release, broken, 'a')).rejects.toMatchObject({
        place: { file: 'acme/schemas/app.cue' },
        remedy: expect.stringContaining('registry'),
      })
    }
    expect(asked.validate + asked.describe).toBeGreaterThanOrEqual(2)
  })

  it('that never ends is not tried with one release after the other', async () => {
    const { asked, validator } = counted()
    const endless = schema('import "list"\n_n: list.Range(0, 1000, 1)\n#Config: {a: len([for x in _n for y in _n for z in _n if x+y+z < 0 {x}])}')
    for (const a of [1, 2, 3]) {
      await expect(validator.inspect(await compile({ a }), endless, 'a')).rejects.toMatchObject({
        code: expect.stringMatching(/cue\.(timeout|memory)/),
      })
    }
    expect(asked.validate + asked.describe).toBe(1)
    expect((await validator.inspect(await compile({ a: 1 }), schema('#Config: a: int'), 'a')).violations).toEqual([])
  })

  it('cannot import what is not CUE\u2019s own', async () => {
    const imports = schema('import "example.com/evil"\n#Config: {a: evil.x}')
    await expect(counted().validator.inspect(await compile({ a: 1 }), imports, 'a')).rejects.toMatchObject({ code: 'cue.import_refused' })
  })
})

/** A live frame without records. */
const emptyLive = Buffer.from([...Buffer.from('VTF1'), 2, 1, 0, 0, 0, 0, 0, 0])
const diffOptions = {
  mode: 'repair',
  prune: { enabled: false, scope: 'owned', protection: [], maxDelete: undefined, approved: false, dryRun: false },
  ledgerKey: Buffer.alloc(32, 1),
  foreign: [],
  undo: false,
  report: true,
} as const
