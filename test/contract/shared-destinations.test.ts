import { loadCore } from '@vartrack/core'
import { type ApplyRequest, apply, checkDrift, type EngineContext, plan } from '@vartrack/engine'
import type { Session } from '@vartrack/sink-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { textsOf } from './entries.js'
import { releaseOf } from './releases.js'
import { newLocation, openSession, type Store } from './store.js'
import { stores } from './stores.js'

const STORES = ['redis with a hash', 'mongo on mongo-java-server', 'mongo with one document on FerretDB', 'zookeeper with plain values']
const FACTS = { ref: 'refs/heads/main', environment: 'production', commit: 'c'.repeat(40), syncMode: 'AUTO', undo: true, repair: false } as const
const PRUNE: ApplyRequest['prune'] = { enabled: true, scope: 'owned', last: false, dryRun: false, protection: [] }

const core = loadCore()
const { signal } = new AbortController()

describe.each(STORES)('a key that moves from one repository to another, at %s', (name) => {
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

  it('stays where its new owner has put it, though the push that gives it up is written after that', async () => {
    const location = newLocation(store)
    const [from, to] = ['github/acme/from', 'github/acme/to']
    await apply(over(), await requestOf(location, from, 1, '{"mine":"1","moved":"1"}'))
    await apply(over(), await requestOf(location, to, 1, '{"moved":"2"}'))
    const late = await requestOf(location, from, 3, '{"mine":"2"}')
    expect((await plan(over(), late)).summary).toMatchObject({ changed: 1, deleted: 0 })
    expect(await apply(over(), late)).toMatchObject({ deleted: 0 })
    expect(await live(location)).toEqual({ mine: '2', moved: '2' })
    for (const source of [from, to]) expect((await checkDrift(over(), { location, source, extras: 'drift' })).state).toBe('in_sync')
  })
})

async function requestOf(location: string, source: string, generation: number, json: string): Promise<ApplyRequest> {
  return { ...FACTS, location, source, generation, release: await releaseOf(core, json), prune: PRUNE }
}
