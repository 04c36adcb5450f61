import { VarTrackError } from '@vartrack/errors'
import { FrameWriter, records } from '@vartrack/sink-kit'
import { describe, expect, it } from 'vitest'
import { sampleCompileOptions } from '../../test/support/samples.js'
import type { CompileOptions, DiffOptions } from './contract.js'
import { loadCore } from './core.js'

const core = loadCore()
const ledgerKey = Buffer.alloc(32, 3)
const nothing = Buffer.alloc(0)
const noLive = new FrameWriter('live').finish()

const options: CompileOptions = {
  ...sampleCompileOptions,
  names: ['production', 'staging'],
  rootKey: undefined,
  limits: { maxFileBytes: 1_000_000, maxDepth: 64, maxKeys: 1000 },
}

const diffOptions: DiffOptions = {
  mode: 'repair',
  prune: { enabled: true, scope: 'owned', protection: [], maxDelete: undefined, approved: false, dryRun: false },
  ledgerKey,
  foreign: [],
  undo: false,
  report: false,
}

const compile = (text: string | Buffer, changed: Partial<CompileOptions> = {}) => core.compile(Buffer.from(text), 'json', { ...options, ...changed })

function live(entries: Record<string, string>): Buffer {
  const writer = new FrameWriter('live')
  for (const [key, value] of Object.entries(entries)) writer.add(key, value)
  return writer.finish()
}

/** The one thing that a file without sections is told. */
async function warningFor(environment: string): Promise<string | undefined> {
  return (await compile('{"a": 1}', { names: [], environment })).diagnostics[0]?.message
}

async function refusal(call: Promise<unknown>): Promise<VarTrackError> {
  const error = await call.then(() => undefined).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(VarTrackError)
  return error as VarTrackError
}

describe('compile', () => {
  it('gives entries with type, text and the file they came from', async () => {
    const release = await compile('{"a": {"b": 1.50, "c": [true]}, "d": 9007199254740993}')
    const entries = [...records(release.frame)].map((entry) => [entry.key.toString(), entry.type, entry.value.toString(), entry.origin])
    expect(entries).toEqual([
      ['a.b', 'decimal', '1.50', 'app.json'],
      ['a.c.0', 'boolean', 'true', 'app.json'],
      ['d', 'integer', '9007199254740993', 'app.json'],
    ])
    expect(release).toMatchObject({ entries: 3, digest: expect.stringMatching(/^[0-9a-f]{64}$/), diagnostics: [] })
  })

  it('names file, line and column of what is wrong, and what to do', async () => {
    const error = await refusal(compile('{"a": 1,\n "ä": x}'))
    expect(error).toMatchObject({
      code: 'format.syntax',
      place: { file: 'app.json', line: 2, column: 7 },
      disposition: { kind: 'stall' },
      status: 400,
    })
    expect(error.remedy).toBeTruthy()
  })

  it('leaves lines out when another parser wrote the bytes', async () => {
    const error = await refusal(compile('{"a.b": 1, "a": {"b": 2}}', { derived: true }))
    expect(error).toMatchObject({ code: 'flatten.collision', place: { file: 'app.json', key: 'a.b' } })
    expect(error.place.line).toBeUndefined()
  })

  it('warns when a file without sections passes whole for a rule that knows no environments', async () => {
    const { diagnostics } = await compile('{"a": 1}', { names: [] })
    expect(diagnostics).toEqual([expect.objectContaining({ code: 'env.unsliced', file: 'app.json' })])
  })

  it('says which names were looked for, `default` once', async () => {
    expect(await warningFor('qa')).toContain('no values for `qa` or `default`;')
    expect(await warningFor('default')).toContain('no values for `default`;')
  })

  it('refuses 10,000 levels and lives on', async () => {
    expect(await refusal(compile(`{"a":${'['.repeat(10_000)}`))).toMatchObject({ code: 'format.too_deep' })
    expect(await compile('{}')).toMatchObject({ entries: 0 })
  })

  it('calls a format it does not know our own mistake', async () => {
    const error = await refusal(core.compile(Buffer.from('{}'), 'toml' as 'json', options))
    expect(error).toMatchObject({ code: 'internal.invalid_call', disposition: { kind: 'bug' }, status: 500 })
  })
})

describe('merge', () => {
  it('makes one release of several files and refuses two owners of a key by name', async () => {
    const [one, two] = await Promise.all([compile('{"a": 1}', { file: 'one.json' }), compile('{"b": 2}', { file: 'two.json' })])
    const merged = await core.merge([two.frame, one.frame])
    expect([...records(merged.frame)].map((entry) => [entry.key.toString(), entry.origin])).toEqual([
      ['a', 'one.json'],
      ['b', 'two.json'],
    ])
    const error = await refusal(core.merge([one.frame, (await compile('{"a": 1}', { file: 'three.json' })).frame]))
    expect(error).toMatchObject({ code: 'claim.conflict', place: { key: 'a' } })
    expect(error.message).toMatch(/one\.json.*three\.json/)
  })
})

describe('diff and drift', () => {
  it('write what differs, know it afterwards, and see what somebody changed', async () => {
    const { frame } = await compile('{"a": 1, "b": "x"}')
    const first = await core.diff(frame, live({ b: 'old' }), nothing, { ...diffOptions, undo: true, report: true })
    expect(first.summary).toEqual({ added: 1, changed: 1, unchanged: 0, deleted: 0, kept: 0, conflicts: 0, pruneStopped: null })
    expect(first.report).toEqual([
      { key: 'a', action: 'put', from: null, to: '1', origin: 'app.json' },
      { key: 'b', action: 'put', from: 'old', to: 'x', origin: 'app.json' },
    ])
    expect([...records(first.undo)].map((change) => [change.op, change.key.toString(), change.value.toString()])).toEqual([
      ['delete', 'a', ''],
      ['put', 'b', 'old'],
    ])
    expect(await core.ledgerKeys(first.ledger)).toEqual(['a', 'b'])
    expect(first.ledger).toEqual(await core.ledger(frame, ledgerKey))
    const drift = await core.drift(first.ledger, live({ b: 'y', c: 'z' }), ledgerKey, [])
    expect(drift).toEqual({
      entries: [
        { key: 'a', kind: 'missing' },
        { key: 'b', kind: 'changed', actual: 'y' },
        { key: 'c', kind: 'extra', actual: 'z' },
      ],
      summary: { changed: 1, missing: 1, extra: 1, same: 0 },
    })
  })

  it('stops a prune over budget and tells how many', async () => {
    const owned = await core.ledger((await compile('{"a": 1, "b": 2}')).frame, ledgerKey)
    const prune = { ...diffOptions.prune, maxDelete: 1 }
    const { summary } = await core.diff((await compile('{}')).frame, live({ a: '1', b: '2' }), owned, { ...diffOptions, prune })
    expect(summary).toMatchObject({ deleted: 0, kept: 2, pruneStopped: { deletes: 2, owned: 2 } })
  })

  it('refuse what is no frame, no ledger, no key, as our own mistake where it is', async () => {
    const { frame } = await compile('{}')
    expect(await refusal(core.diff(Buffer.from('x'), noLive, nothing, diffOptions))).toMatchObject({
      code: 'frame.malformed',
      disposition: { kind: 'bug' },
    })
    expect(await refusal(core.diff(frame, noLive, Buffer.from('x'), diffOptions))).toMatchObject({
      code: 'ledger.malformed',
      disposition: { kind: 'stall' },
    })
    expect(await refusal(core.ledger(frame, Buffer.alloc(5)))).toMatchObject({ code: 'internal.invalid_call' })
  })
})

describe('annotate', () => {
  it('marks entries and what lies below them, and gives the release a digest of its own', async () => {
    const plain = await compile('{"db": {"pin": 1, "host": "h"}, "users": [{"key": 2}], "level": "info"}')
    const marks = [
      { field: 'db.pin', secret: true, logged: false },
      { field: 'users.*', secret: true, logged: false },
      { field: 'level', secret: false, logged: true },
    ]
    const marked = await core.annotate(plain.frame, marks)
    const flags = [...records(marked.frame)].map(({ key, secret, logged }) => [key.toString(), secret, logged])
    expect(flags).toEqual([
      ['db.host', false, false],
      ['db.pin', true, false],
      ['level', false, true],
      ['users.0.key', true, false],
    ])
    expect(marked).toMatchObject({ entries: 4, digest: expect.not.stringContaining(plain.digest) })
    expect((await core.annotate(plain.frame, [])).digest).toBe(plain.digest)
  })

  it('has the changes of logged entries told, and no secret shown', async () => {
    const marks = [
      { field: 'a', secret: false, logged: true },
      { field: 'b', secret: true, logged: true },
    ]
    const { frame } = await core.annotate((await compile('{"a": "1", "b": "new", "c": "x"}')).frame, marks)
    const { logged, report } = await core.diff(frame, live({ b: 'old', c: 'y' }), nothing, { ...diffOptions, report: true })
    expect(logged).toEqual([
      { key: 'a', from: null, to: '1', secret: false },
      { key: 'b', from: '***', to: '***', secret: true },
    ])
    expect(report.find(({ key }) => key === 'b')).toMatchObject({ from: '***', to: '***' })
  })
})

describe('locate', () => {
  it('finds entries where the file says them for the environment', async () => {
    const text = Buffer.from('{"production": {"a": 1,\n "b": 2},\n "default": {"c": [1,\n2]}}')
    expect(await core.locate(text, 'json', options, ['a', 'b', 'c.1', 'd'])).toEqual([
      { line: 1, column: 17 },
      { line: 2, column: 2 },
      { line: 4, column: 1 },
      undefined,
    ])
  })
})

describe('overlaps', () => {
  it('say which other holds a key', async () => {
    const [one, two] = [(await compile('{"a": 1}')).frame, (await compile('{"a": 1, "b": 2}')).frame]
    expect(await core.overlaps(two, [nothing, one, await core.ledger(two, ledgerKey)])).toEqual([
      { key: 'a', index: 1 },
      { key: 'a', index: 2 },
      { key: 'b', index: 2 },
    ])
  })
})

describe('render', () => {
  it('writes a release as the file of its format', async () => {
    const { frame } = await compile('{"a": {"b": [1.50]}, "c": "x y"}')
    const rendered = async (format: Parameters<typeof core.render>[1]) => (await core.render(frame, format)).toString()
    expect(await rendered('yaml')).toBe('a:\n  b:\n    - 1.50\nc: "x y"\n')
    expect(await rendered('env')).toBe('A_B_0=1.50\nC="x y"\n')
    expect(await rendered('json')).toBe('{\n  "a": {\n    "b": [\n      1.50\n    ]\n  },\n  "c": "x y"\n}\n')
  })
})
