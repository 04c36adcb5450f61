import { loadCore } from '@vartrack/core'
import { type ApplyRequest, apply, checkDrift, type EngineContext, restore } from '@vartrack/engine'
import type { Session } from '@vartrack/sink-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { textsOf } from './entries.js'
import { releaseOf } from './releases.js'
import { proxyBefore } from './steps/ground.js'
import { newLocation, openSession, type Store } from './store.js'
import { stores } from './stores.js'

const STORES = ['redis with a hash', 'mongo on mongo-java-server', 'mongo with one document on mongo-java-server', 'zookeeper with plain values']
const SOURCE = 'github/acme/app'
const PRUNE: ApplyRequest['prune'] = { enabled: true, scope: 'owned', last: false, dryRun: false, protection: [] }
const FACTS = { source: SOURCE, ref: 'refs/heads/main', environment: 'production', commit: 'c'.repeat(40), syncMode: 'AUTO', prune: PRUNE } as const

/** Places at which a repair stands still side by side. */
const AT_ONCE = 8

type Comes = (location: string) => Promise<unknown>
type Look = (location: string, step: number) => Promise<void>

const core = loadCore()
const { signal } = new AbortController()

describe.each(STORES)('a repair under the generation that stands there, at %s', (name) => {
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

  const over = (other = session): EngineContext => ({ core, session: other, traits: store.sink.traits, signal })
  const live = async (location: string) => textsOf(await session.read(location, 'all', signal))
  const newerPush = async (location: string) => apply(over(), await requestOf(location, 5, '{"a":"2"}'))
  const undo = async (location: string) => expect(await restore(over(), { location, source: SOURCE, generation: 3 })).toBe('restored')
  /** Has a repair stand still after a step, while somebody comes. @returns whether it came to that step */
  const standsStillAfter = async (step: number, comes: Comes, look: Look): Promise<boolean> => {
    const location = newLocation(store)
    await apply(over(), await requestOf(location, 1, '{"a":"0","b":"1"}'))
    const standing = await requestOf(location, 3, '{"a":"1","k":"1"}')
    await apply(over(), standing)
    await store.tamper(location, { k: null, a: 'by hand' })
    await using proxy = await proxyBefore(store)
    await using slow = await openSession(store, store.at(proxy.port))
    const held = new Promise((resolve) => proxy.count({ step, after: 'answered', fate: 'held' }, () => resolve('held')))
    const ended = apply(over(slow), { ...standing, repair: true, undo: false }).catch(() => 'refused')
    if ((await Promise.race([held, ended])) !== 'held') return false
    await comes(location)
    proxy.letOn()
    await ended
    await look(location, step)
    return true
  }
  /** The same after each of its steps. */
  const whileItStandsStill = async (comes: Comes, look: Look): Promise<void> => {
    for (let first = 0; ; first += AT_ONCE) {
      const steps = Array.from({ length: AT_ONCE }, (_, index) => first + index)
      const came = await Promise.all(steps.map((step) => standsStillAfter(step, comes, look)))
      if (came.includes(false)) return
    }
  }

  it('that stands still while a newer push comes changes nothing of it', async () => {
    await whileItStandsStill(newerPush, async (location, step) => {
      expect([step, await live(location)]).toEqual([step, { a: '2' }])
      expect((await session.heads(location, signal)).map(({ generation }) => generation)).toEqual([5])
      expect((await checkDrift(over(), { location, source: SOURCE, extras: 'drift' })).state).toBe('in_sync')
    })
  })

  it('that stands still while what it repairs is undone changes nothing of that', async () => {
    await whileItStandsStill(undo, async (location, step) => {
      expect([step, await live(location)]).toEqual([step, { a: '0', b: '1' }])
      expect((await session.heads(location, signal)).map(({ generation }) => generation)).toEqual([4])
      expect((await checkDrift(over(), { location, source: SOURCE, extras: 'drift' })).state).toBe('in_sync')
    })
  })
})

async function requestOf(location: string, generation: number, json: string): Promise<ApplyRequest> {
  return { ...FACTS, location, generation, release: await releaseOf(core, json), undo: true, repair: false }
}
