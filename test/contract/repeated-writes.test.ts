import { loadCore } from '@vartrack/core'
import { type ApplyRequest, apply, checkDrift, type EngineContext, restore } from '@vartrack/engine'
import type { Session } from '@vartrack/sink-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { textsOf } from './entries.js'
import { releaseOf } from './releases.js'
import { newLocation, openSession, type Store } from './store.js'
import { stores } from './stores.js'

const STORES = ['redis with a hash', 'mongo on mongo-java-server', 'mongo with one document on FerretDB', 'zookeeper with plain values']
const SOURCE = 'github/acme/app'
const PRUNE: ApplyRequest['prune'] = { enabled: false, scope: 'owned', last: false, dryRun: false, protection: [] }
const FACTS = { source: SOURCE, ref: 'refs/heads/main', environment: 'production', commit: 'c'.repeat(40), syncMode: 'AUTO', prune: PRUNE } as const

const core = loadCore()
const { signal } = new AbortController()

describe.each(STORES)('a write that comes a second time, at %s', (name) => {
  let store: Store
  let session: Session
  beforeAll(async () => {
    store = await (stores[name] as NonNullable<(typeof stores)[string]>)()
    session = await openSession(store)
  })
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]()
    await store?.[Symbol.asyncDispose]()
  })

  const over = (): EngineContext => ({ core, session, traits: store.sink.traits, signal })
  const live = async (location: string) => textsOf(await session.read(location, 'all', signal))
  const undone = async ({ location, generation }: ApplyRequest) => {
    expect(await restore(over(), { location, source: SOURCE, generation })).toBe('restored')
    expect((await checkDrift(over(), { location, source: SOURCE, extras: 'ignore' })).state).toBe('in_sync')
    return live(location)
  }

  it('is undone to what was there before the first, when its worker was killed before it could say that it had written', async () => {
    const location = newLocation(store)
    await apply(over(), await requestOf(location, 1, '{"a":"1","b":"1"}'))
    const asked = await requestOf(location, 3, '{"a":"2","c":"2"}', { repair: true, prune: { ...PRUNE, enabled: true } })
    await apply(over(), asked)
    await apply(over(), asked)
    expect(await undone(asked)).toEqual({ a: '1', b: '1' })
  })

  it('is undone with the deletes that it brought beside what the first had changed', async () => {
    const location = newLocation(store)
    await apply(over(), await requestOf(location, 1, '{"a":"1","b":"1"}'))
    const asked = await requestOf(location, 3, '{"a":"2"}')
    await apply(over(), asked)
    await apply(over(), { ...asked, repair: true, prune: { ...PRUNE, enabled: true } })
    expect(await live(location)).toEqual({ a: '2' })
    expect(await undone(asked)).toEqual({ a: '1', b: '1' })
  })

  it('is no second one when it is of another commit: Redis has lost that its generation was taken, and its undo would take back what stands', async () => {
    const location = newLocation(store)
    await apply(over(), await requestOf(location, 1, '{"a":"1"}'))
    const lost = await requestOf(location, 3, '{"a":"2"}', { commit: 'd'.repeat(40) })
    await apply(over(), lost)
    const taken = { ...lost, commit: 'e'.repeat(40) }
    for (const repair of [false, true]) await expect(apply(over(), { ...taken, repair })).rejects.toMatchObject({ code: 'fence.conflict' })
    expect(await live(location)).toEqual({ a: '2' })
  })

  it('leaves the change set under way its undo, when it was a heal that keeps none of its own', async () => {
    const location = newLocation(store)
    await apply(over(), await requestOf(location, 1, '{"a":"1","b":"1"}'))
    const asked = await requestOf(location, 3, '{"a":"2","b":"1"}')
    await apply(over(), asked)
    await store.tamper(location, { b: 'by hand' })
    await apply(over(), { ...asked, repair: true, undo: false })
    expect(await live(location)).toEqual({ a: '2', b: '1' })
    expect((await undone(asked))['a']).toBe('1')
  })
})

async function requestOf(location: string, generation: number, json: string, changes: Partial<ApplyRequest> = {}): Promise<ApplyRequest> {
  return { ...FACTS, location, generation, release: await releaseOf(core, json), undo: true, repair: false, ...changes }
}
