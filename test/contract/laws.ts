import { inspect } from 'node:util'
import { type Core, loadCore, type Release } from '@vartrack/core'
import { type ApplyRequest, apply, checkDrift, type EngineContext, plan, restore } from '@vartrack/engine'
import type { Session } from '@vartrack/sink-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type NetworkFault, startTcpProxy } from '../support/tcp-proxy.js'
import { AWKWARD, asStored, type Entries, entriesOf, textsOf } from './entries.js'
import { expectNoSecret, failure } from './opening-laws.js'
import { persistently } from './persistently.js'
import { allSecret, manyKeys, releaseOf } from './releases.js'
import { newLocation, openSession, type Store } from './store.js'

const SOURCE = 'github/acme/app'
const CANARY = 'canary-secret-value'

/** The laws of sinks.md: what every sink keeps when the engine works over it. A trait changes what a law expects and skips none. */
export function laws(start: () => Promise<Store>, faultsTried: 'all' | 'some' | 'none' = 'all'): void {
  let store: Store
  let session: Session
  let core: Core
  let generation = 0

  beforeAll(async () => {
    core = loadCore()
    store = await start()
    session = await openSession(store)
  })
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]()
    await store?.[Symbol.asyncDispose]()
  })

  const over = (other: Session = session): EngineContext => ({
    core,
    session: other,
    traits: store.sink.traits,
    signal: AbortSignal.timeout(120_000),
  })
  const requestOf = (location: string, release: Release, changes: Partial<ApplyRequest> = {}): ApplyRequest => {
    generation += 2
    return { ...DEFAULTS, location, generation, commit: generation.toString(16).padStart(40, '0'), release, ...changes }
  }
  const put = async (location: string, json: string, changes: Partial<ApplyRequest> = {}) =>
    apply(over(), requestOf(location, await releaseOf(core, json), changes))
  const live = async (location: string) => textsOf(await session.read(location, 'all', AbortSignal.timeout(30_000)))
  const drift = (location: string, extras: 'ignore' | 'drift' = 'ignore') => checkDrift(over(), { location, source: SOURCE, extras })

  it('gives back what was written, types included where the store knows types', async () => {
    const location = newLocation(store)
    await put(location, jsonOf(AWKWARD))
    const frame = await session.read(location, 'all', AbortSignal.timeout(30_000))
    expect(entriesOf(frame)).toEqual(asStored(WRITTEN, store))
    expect((await drift(location)).state).toBe('in_sync')
  })

  it('writes nothing the second time', async () => {
    const location = newLocation(store)
    const request = requestOf(location, await releaseOf(core, '{"a":"1","b":2}'))
    expect(await apply(over(), request)).toMatchObject({ state: 'written', put: 2 })
    const before = await store.dump()
    expect(await apply(over(), request)).toMatchObject({ state: 'unchanged', put: 0, deleted: 0 })
    expect(await store.dump()).toBe(before)
  })

  it('plans nothing after an apply', async () => {
    const location = newLocation(store)
    await put(location, jsonOf(AWKWARD))
    const { summary } = await plan(over(), requestOf(location, await releaseOf(core, jsonOf(AWKWARD))))
    expect(summary).toMatchObject({ added: 0, changed: 0, deleted: 0, conflicts: 0 })
  })

  it('prunes owned keys only; foreign ones survive byte for byte', async () => {
    const location = newLocation(store)
    await store.tamper(location, { foreign: 'mine' })
    await put(location, '{"a":"1","b":"2","c":"3"}')
    const report = await put(location, '{"a":"1"}', { prune: { ...PRUNE, enabled: true } })
    expect(report.deleted).toBe(2)
    expect(await live(location)).toEqual({ a: '1', foreign: 'mine' })
  })

  it('keeps protected keys and stops a prune over its budget', async () => {
    const location = newLocation(store)
    await put(location, manyKeys(40, String))
    await put(location, '{"only":"1"}', { prune: { ...PRUNE, enabled: true } })
    expect(Object.keys(await live(location))).toHaveLength(41)
    const prune = { ...PRUNE, enabled: true, approved: true, protection: ['service.group1.*'] }
    await put(location, '{"only":"2"}', { prune })
    expect(await live(location)).toEqual({ only: '2', 'service.group1.key1': '1' })
  })

  it('calls tampering drift, by key and kind, and heals it', async () => {
    const location = newLocation(store)
    await put(location, '{"a":"1","b":"2","c":"3"}')
    await store.tamper(location, { a: 'tampered', b: null, d: 'extra' })
    const report = await drift(location, 'drift')
    expect(report.entries.map(({ key, kind }) => [key, kind])).toEqual([
      ['a', 'changed'],
      ['b', 'missing'],
      ['d', 'extra'],
    ])
    await put(location, '{"a":"1","b":"2","c":"3"}', { repair: true })
    expect(await live(location)).toEqual({ a: '1', b: '2', c: '3', d: 'extra' })
    expect((await drift(location)).state).toBe('in_sync')
  })

  it('never says a secret, neither in drift nor in a plan', async () => {
    const location = newLocation(store)
    const release = allSecret(await releaseOf(core, JSON.stringify({ password: CANARY })))
    await apply(over(), requestOf(location, release))
    await store.tamper(location, { password: `${CANARY}-tampered` })
    const report = await drift(location)
    expect(report.entries.map(({ key }) => key)).toEqual(['password'])
    const planned = await plan(over(), requestOf(location, release))
    expect(planned.changes.map(({ key }) => key)).toEqual(['password'])
    expect(inspect({ report, planned }, { depth: 20 })).not.toContain(CANARY)
  })

  it('leaves the store identical in a dry run', async () => {
    const location = newLocation(store)
    await put(location, '{"a":"1","b":"2"}')
    const before = await store.dump()
    const { summary } = await plan(
      over(),
      requestOf(location, await releaseOf(core, '{"a":"changed","c":"3"}'), { prune: { ...PRUNE, enabled: true } }),
    )
    expect(summary).toMatchObject({ added: 1, changed: 1, deleted: 1 })
    expect(await store.dump()).toBe(before)
  })

  it('restores values, not absence', async () => {
    const location = newLocation(store)
    await put(location, '{"a":"1","gone":2,"kept":"k"}')
    await store.tamper(location, { stolen: 'by hand' })
    const changed = requestOf(location, await releaseOf(core, '{"a":"new","stolen":"from Git","added":"x","kept":"k"}'), {
      prune: { ...PRUNE, enabled: true },
    })
    await apply(over(), changed)
    expect(await restore(over(), { location, source: SOURCE, generation: changed.generation })).toBe('restored')
    expect(await live(location)).toEqual({ a: '1', gone: '2', kept: 'k', stolen: 'by hand' })
    expect(await restore(over(), { location, source: SOURCE, generation: changed.generation })).toBe('restored')
    expect((await drift(location)).state).toBe('in_sync')
  })

  it('refuses a lower generation, and an equal one with another release', async () => {
    const location = newLocation(store)
    const newer = requestOf(location, await releaseOf(core, '{"a":"new"}'))
    await apply(over(), newer)
    const older = { ...newer, generation: newer.generation - 1, release: await releaseOf(core, '{"a":"old"}') }
    expect(await failure(apply(over(), older))).toMatchObject({ code: 'fence.stale', disposition: { kind: 'replan' } })
    expect(await failure(apply(over(), { ...older, generation: newer.generation }))).toMatchObject({ code: 'fence.conflict' })
    expect(await live(location)).toEqual({ a: 'new' })
  })

  describe.each(faultsTried === 'none' ? [] : (['small', 'large'] as const))('a writer of a %s release whose connection breaks', (size) => {
    const { keys, bytes } = SIZES[size]
    const faults: NetworkFault[] = [
      ...[0.01, 0.1, 0.3, 0.5, 0.8, 1.1, 1.5, 2.2].map(
        (share) => ({ kind: 'cut', direction: 'to-server', afterBytes: Math.ceil(share * keys * bytes) }) as const,
      ),
      ...[1, 200, 2_000].map((afterBytes) => ({ kind: 'cut', direction: 'to-client', afterBytes }) as const),
      { kind: 'swallow-answers' },
    ]

    const tried = faultsTried === 'all' ? faults : faults.filter((_, index) => index % 3 === 1)
    it.each(tried)('is made good by the next run, and no reader led by the head sees two generations: %j', async (fault) => {
      const [before, after] = ['x'.repeat(bytes), 'y'.repeat(bytes)]
      const count = Math.min(keys, store.manyKeys)
      const location = newLocation(store)
      await put(
        location,
        manyKeys(count, () => before),
      )
      const request = requestOf(
        location,
        await releaseOf(
          core,
          manyKeys(count, () => after),
        ),
      )
      await writeThrough(request, fault)
      expect(Object.values(await live(location)).every((value) => value === before || value === after)).toBe(true)
      expect(new Set(Object.values(await live(location))).size).toBeLessThanOrEqual(store.sink.traits.atomic === 'key' ? 2 : 1)
      await apply(over(), request)
      expect(new Set(Object.values(await live(location)))).toEqual(new Set([after]))
      expect((await drift(location, 'drift')).state).toBe('in_sync')
    })

    it.each(faultsTried === 'all' ? faults.slice(2, 7) : faults.slice(3, 5))('is undone by a restore, however far it came: %j', async (fault) => {
      const count = Math.min(keys, store.manyKeys)
      const location = newLocation(store)
      const before = manyKeys(count, () => 'x'.repeat(bytes))
      const after = manyKeys(count + 1, () => 'y'.repeat(bytes))
      await put(location, before)
      const request = requestOf(location, await releaseOf(core, after))
      await writeThrough(request, fault)
      expect(await restore(over(), { location, source: SOURCE, generation: request.generation })).toMatch(/^(restored|nothing)$/)
      expect(await live(location)).toEqual(JSON.parse(before))
      expect((await drift(location, 'drift')).state).toBe('in_sync')
    })
  })

  /** Applies over a network that breaks; the write may fail, as long as what it says holds no secret. */
  const writeThrough = async (request: ApplyRequest, fault: NetworkFault): Promise<void> => {
    await using proxy = await startTcpProxy(store.port)
    await using through = await persistently(() => openSession(store, { ...store.at(proxy.port), timeout: '1s' }))
    await proxy.break(fault)
    const writing = apply(over(through), request)
    const failed = await writing.then(
      () => false,
      () => true,
    )
    if (failed) expectNoSecret(await failure(writing), store)
  }
}

/** A large one is over 900 KB, more than one multi of ZooKeeper holds. */
const SIZES = { small: { keys: 40, bytes: 300 }, large: { keys: 150, bytes: 10_000 } } as const

const PRUNE: ApplyRequest['prune'] = { enabled: false, scope: 'owned', last: false, dryRun: false, protection: [] }

const DEFAULTS = {
  source: SOURCE,
  ref: 'refs/heads/main',
  environment: 'production',
  syncMode: 'AUTO',
  prune: PRUNE,
  undo: true,
  repair: false,
} as const

/** What a file can hold of the awkward entries: a JSON file has no keys below another value, and lists and maps are flattened. */
const WRITTEN: Entries = Object.fromEntries(Object.entries(AWKWARD).filter(([, [type]]) => type !== 'json'))

function jsonOf(entries: Entries): string {
  const texts = Object.entries(entries).filter(([, [type]]) => type !== 'json')
  return `{${texts.map(([key, [type, text]]) => `${JSON.stringify(key)}:${type === 'string' ? JSON.stringify(text) : type === 'null' ? 'null' : text}`).join(',')}}`
}
