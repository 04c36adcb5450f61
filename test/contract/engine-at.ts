import { loadCore } from '@vartrack/core'
import { type ApplyRequest, checkDrift, type DriftReport, type EngineContext } from '@vartrack/engine'
import type { Session } from '@vartrack/sink-kit'
import { afterAll, beforeAll } from 'vitest'
import { textsOf } from './entries.js'
import { releaseOf } from './releases.js'
import { openSession, type Store } from './store.js'
import { stores } from './stores.js'

const SOURCE = 'github/acme/app'
const PRUNE: ApplyRequest['prune'] = { enabled: true, scope: 'owned', last: false, dryRun: false, protection: [] }
const FACTS = { source: SOURCE, ref: 'refs/heads/main', environment: 'production', commit: 'c'.repeat(40), syncMode: 'AUTO', prune: PRUNE } as const

const core = loadCore()
const { signal } = new AbortController()

/** The engine over a store, for the tests of one `describe`. */
export interface EngineAt {
  readonly store: Store
  readonly session: Session
  /** @param session another writer's */
  context(session?: Session): EngineContext
  live(location: string): Promise<Record<string, string>>
  drift(location: string, extras?: 'drift' | 'ignore', source?: string): Promise<DriftReport['state']>
}

/** Opens a store of {@link stores} before the tests, and closes it after them. */
export function engineAt(name: string): EngineAt {
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
  const context = (other = session): EngineContext => ({ core, session: other, traits: store.sink.traits, signal })
  return {
    get store() {
      return store
    },
    get session() {
      return session
    },
    context,
    live: async (location) => textsOf(await session.read(location, 'all', signal)),
    drift: async (location, extras = 'drift', source = SOURCE) => (await checkDrift(context(), { location, source, extras })).state,
  }
}

/** A push of a JSON file to a location; what a source owns and does not name goes. */
export async function pushOf(location: string, generation: number, json: string, changes: Partial<ApplyRequest> = {}): Promise<ApplyRequest> {
  return { ...FACTS, location, generation, release: await releaseOf(core, json), undo: true, repair: false, ...changes }
}
