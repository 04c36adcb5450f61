import type { Bundle, Rule } from '@vartrack/bundle'
import { SETTING_DEFAULTS } from '@vartrack/bundle/setting-defaults'
import { loadCore } from '@vartrack/core'
import { createCue } from '@vartrack/cuelang-wasm'
import { compileDestination, type Destination } from '@vartrack/engine'
import { VarTrackError } from '@vartrack/errors'
import { createParserPool } from '@vartrack/formats'
import type { PlanJob } from '@vartrack/queues'
import { createValidator } from '@vartrack/schemas'
import { afterAll, describe, expect, it } from 'vitest'
import { createInspection, type Inspection } from './inspection.js'

const cue = createCue()
const core = loadCore()
const parser = createParserPool({ workers: 1 })
afterAll(async () => {
  await cue[Symbol.asyncDispose]()
  await parser[Symbol.asyncDispose]()
})

const TREE = '#Config: {db: {host: string, port: int, tls: {on: bool}}, items?: [...int]}'
const FLAT = '#Config: {"db.host": string, "db.port": =~"^[0-9]+$"}'
const limits = { maxFileBytes: 1_000_000, maxDepth: 64, maxKeys: 1000 }
const bundle = { limits, tenant: undefined } as unknown as Bundle
const job = { repo: 'acme/app', ref: 'refs/heads/main', correlation: 'c' } as unknown as PlanJob

/** What was logged, and the inspection of one change set under a schema. */
function inspecting(schema: string): { readonly inspection: Inspection; readonly lines: string[]; readonly tenants: string[] } {
  const lines: string[] = []
  const tenants: string[] = []
  const say = (_fields: Record<string, unknown>, line: string) => void lines.push(line)
  const inspection = createInspection(job, {
    bundle: () => bundle,
    schemas: {
      schemaOf: async (tenant) => {
        tenants.push(tenant)
        return { text: schema, file: 'acme/schemas/app.cue', digest: schema }
      },
    },
    validator: createValidator({ cue, core }),
    log: { info: say, warn: say, error: say },
  })
  return { inspection, lines, tenants }
}

async function compile(files: Readonly<Record<string, string>>, inspection: Inspection, changes: Partial<Rule> = {}) {
  const branchMap = { main: 'production', develop: 'staging' }
  const rule = { ...SETTING_DEFAULTS, name: 'app', branchMap, tenant: undefined, schema: undefined, ...changes } as unknown as Rule
  const destination = {
    environment: 'production',
    names: { env: 'production' },
    files: Object.keys(files).map((path) => ({ rule, path, blob: path })),
  } as unknown as Destination
  const repository = { blob: async (path: string) => Buffer.from(files[path] ?? '') }
  const cache = { get: () => undefined, set: () => undefined }
  const { signal } = new AbortController()
  return compileDestination({ core, bundle, repository, parser, cache, inspect: inspection.inspect, signal }, destination)
}

/** Field and place of each violation of a file. */
async function placesOf(file: string, text: string, schema = TREE): Promise<string[]> {
  const { inspection } = inspecting(schema)
  await compile({ [file]: text }, inspection)
  return refusalOf(inspection).others.map(({ place }) => `${place.field} ${place.line}:${place.column}`)
}

function refusalOf(inspection: Inspection): VarTrackError {
  try {
    inspection.end()
  } catch (error) {
    if (error instanceof VarTrackError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a violation has its place in the file', () => {
  it.each([
    ['a.yaml', 'production:\n  db:\n    host: h\n    port: x\n    tls: {on: 1}\ndefault:\n  db: {port: 1}\n', ['db.port 4:5', 'db.tls.on 5:11']],
    ['a.yaml', 'db:\n  host: {production: 1, staging: h}\n  port: 1\n  tls: {on: true}\n', ['db.host 2:10']],
    ['a.json', '{"vartrack": {"db": {"host": "h",\n "port": "x",\n "tls": {"on": true}},\n "items": [1,\n "two"]}}', ['db.port 2:2', 'items.1 5:2']],
    ['a.toml', '[db]\nhost = "h"\nport = "x"\n\n[db.tls]\non = true\n', ['db.port 3:1']],
    ['a.hcl', 'db {\n  host = "h"\n  port = "x"\n  tls {\n    on = true\n  }\n}\n', ['db.port 3:3']],
  ])('%s %#', async (file, text, places) => {
    expect(await placesOf(file, text)).toEqual(places)
  })

  it.each([
    ['a.env', 'db.host=h\ndb.port=x\n', 'db.port 2:1'],
    ['a.ini', '[db]\nhost = h\nport = x\n', 'db.port 3:1'],
    ['a.properties', 'db.host=h\ndb.port=x\n', 'db.port 2:1'],
  ])('of text under a schema of dotted names: %s', async (file, text, place) => {
    expect(await placesOf(file, text, FLAT)).toEqual([place])
  })

  it('that of what it is missing in, where there is no field', async () => {
    expect(await placesOf('a.yaml', 'db:\n  port: 1\n  tls:\n    off: true\n')).toEqual(
      expect.arrayContaining(['db.host 1:1', 'db.tls.on 3:3', 'db.tls.off 4:5']),
    )
  })

  it('that of the file, where the field is missing at its top', async () => {
    expect(await placesOf('a.yaml', '# nothing but\nitems: [1]\n', '#Config: {db: string, items: [...int]}')).toEqual(['db 1:1'])
  })
})

describe('a change set that does not meet its schema', () => {
  it('is refused with everything that is wrong in any of its files, in their order', async () => {
    const { inspection, lines, tenants } = inspecting('#Config: [string]: int')
    await compile({ 'b.yaml': 'x: a\ny: 1\nz: b\n', 'a.json': '{"w": "c"}' }, inspection)
    const error = refusalOf(inspection)
    expect(error).toMatchObject({ code: 'schema.violation', message: '3 fields do not meet the schema: a.json, b.yaml.', place: { file: 'a.json' } })
    expect(error.others.map(({ place }) => `${place.file}:${place.line} ${place.field}`)).toEqual(['a.json:1 w', 'b.yaml:1 x', 'b.yaml:3 z'])
    expect(error.others[0]).toMatchObject({ details: { expected: 'int', got: '"c"', schema: 'acme/schemas/app.cue:1:10' } })
    expect([lines.length, new Set(tenants)]).toEqual([3, new Set(['acme'])])
  })

  it('is let pass with warnings where no rule is strict', async () => {
    const { inspection, lines } = inspecting('#Config: [string]: int')
    const release = await compile({ 'a.yaml': 'x: a\n' }, inspection, { strictValidation: false })
    expect(release.entries).toBe(1)
    expect(inspection.end().map(({ place }) => `${place.file}:${place.line}:${place.column}`)).toEqual(['a.yaml:1:1'])
    expect(lines).toHaveLength(1)
  })

  it('is refused with every file that cannot be read, and with what is wrong in the others', async () => {
    const { inspection, lines } = inspecting('#Config: [string]: int')
    const files = { 'a.yaml': 'x: "\n', 'b.json': '{"y": }', 'c.toml': 'z =\n', 'd.yaml': 'w: text\n' }
    const error = await compile(files, inspection).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(() => inspection.endRefused(error)).toThrow(
      expect.objectContaining({
        code: 'format.syntax',
        message: '4 problems: a.yaml, b.json, c.toml, d.yaml.',
        others: ['a.yaml', 'b.json', 'c.toml', 'd.yaml'].map((file) => expect.objectContaining({ place: expect.objectContaining({ file }) })),
      }),
    )
    expect(lines).toEqual(['a.yaml', 'b.json', 'c.toml', 'd.yaml'].map((file) => expect.stringMatching(new RegExp(`^${file}:\\d+:\\d+`))))
  })

  it('tells beside a broken file what is wrong with others and let pass', async () => {
    const { inspection, lines } = inspecting('#Config: [string]: int')
    await compile({ 'a.yaml': 'x: a\n' }, inspection, { strictValidation: false })
    const error = new VarTrackError({ code: 'format.syntax', message: 'broken', place: { file: 'b.yaml' } })
    expect(() => inspection.endRefused(error)).toThrow(error)
    expect(lines).toEqual([expect.stringMatching(/^a\.yaml:1:1: x: .*\[schema\.violation\]$/)])
  })

  it('has its only broken file told as it is, without a line before, and what is no refusal too', async () => {
    const { inspection, lines } = inspecting('#Config: [string]: int')
    for (const error of [new VarTrackError({ code: 'format.syntax', message: 'x' }), new Error('away')]) {
      expect(() => inspection.endRefused(error)).toThrow(error)
    }
    expect(lines).toEqual([])
  })

  it('names file and rule where a constant of the rule cannot be filled, and not its value', async () => {
    const { inspection } = inspecting('_')
    const refused = compile({ 'a.yaml': 'x: 1\n' }, inspection, { variablesMap: { password: 'hunter2-{tag}' } })
    await expect(refused).rejects.toMatchObject({
      code: 'template.unresolved',
      message: expect.not.stringContaining('hunter2'),
      place: { file: 'a.yaml', rule: 'app' },
    })
  })

  it('is told once however many destinations the file goes to', async () => {
    const { inspection } = inspecting('#Config: [string]: int')
    await Promise.all([1, 2, 3].map(() => compile({ 'a.yaml': 'x: a\n' }, inspection)))
    expect(refusalOf(inspection).others).toHaveLength(1)
  })

  it('is refused by a broken schema even where no rule is strict: what is secret is not known', async () => {
    const { inspection } = inspecting('#Config: {')
    await expect(compile({ 'a.yaml': 'x: a\n' }, inspection, { strictValidation: false })).rejects.toMatchObject({
      code: 'cue.syntax',
      place: { file: 'acme/schemas/app.cue' },
    })
  })
})

describe('a value that refers to a secret', () => {
  it('refuses the change set, with every place and with what does not meet the schema, for nothing resolves it yet', async () => {
    const { inspection, lines } = inspecting('#Config: {host: int, password: string @secret(), note?: string}')
    const text = 'host: x\npassword: "@secret(kv/app#pw)"\nnote: not @secret(kv/app#pw)\n'
    await compile({ 'a.yaml': text }, inspection, { strictValidation: true })
    const refusal = refusalOf(inspection)
    expect(refusal).toMatchObject({ code: 'secret.unavailable' })
    expect(refusal.others.map(({ code, place }) => `${code} ${place.field} ${place.line}`)).toEqual([
      'schema.violation host 1',
      'secret.unavailable password 2',
    ])
    expect(lines).toHaveLength(2)
  })
})

describe('the tenant of a rule', () => {
  it('is its own, else the owner of the repository', async () => {
    const { inspection, tenants } = inspecting('_')
    await compile({ 'a.yaml': 'x: 1\n' }, inspection, { tenant: 'special' })
    await compile({ 'a.yaml': 'x: 1\n' }, inspection)
    expect(tenants).toEqual(['special', 'acme'])
  })
})
