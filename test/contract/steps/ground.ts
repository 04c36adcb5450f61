import { type Core, loadCore } from '@vartrack/core'
import { checkDrift, journalOf } from '@vartrack/engine'
import { VarTrackError } from '@vartrack/errors'
import type { Session } from '@vartrack/sink-kit'
import { textsOf } from '../entries.js'
import { newLocation, openSession, type Store } from '../store.js'
import { openReader, type Reader, type Snapshot } from './reader.js'
import { BY_HAND, KEYS, type Scenario } from './scenarios.js'
import { type StepProxy, type Stop, startStepProxy } from './step-proxy.js'
import { wires } from './wire.js'
import { perform, SOURCE, type Work } from './work.js'

type Task = Omit<Work, 'location'>

/** A store with writers that live, writers that die, and an application that reads. */
export interface Ground extends AsyncDisposable {
  readonly store: Store
  readonly reader: Reader
  /** A place where everything has happened that comes before the scenario's work. */
  readonly prepare: (scenario: Scenario) => Promise<string>
  /** Does a task, again as long as another try will do, as a queue would. @returns how it ended */
  readonly does: (location: string, task: Task) => Promise<string>
  /** Does a task until the stop, and then is dead. @returns steps it took */
  readonly diesAt: (location: string, task: Task, stop?: Stop) => Promise<number>
  /** What the values are by varTrack's own reading. */
  readonly live: (location: string) => Promise<Snapshot>
  /** Everything that two places have in common where the same has happened. */
  readonly standing: (location: string) => Promise<object & { readonly state: string; readonly live: Snapshot }>
}

export async function openGround(start: () => Promise<Store>): Promise<Ground> {
  const core = loadCore()
  const store = await start()
  const session = await openSession(store)
  const reader = await openReader(store, store.options() as Record<string, string>, KEYS)
  const does = (location: string, task: Task) => persistently(() => perform({ ...task, location }, core, session, store.sink, calm()))
  const live = async (location: string) => textsOf(await session.read(location, 'all', calm()))
  return {
    store,
    reader,
    does,
    live,
    prepare: async ({ before }) => {
      const location = newLocation(store)
      await store.tamper(location, BY_HAND)
      for (const task of before) await does(location, task)
      return location
    },
    diesAt: (location, task, stop) => diesAt(store, core, { ...task, location }, stop),
    standing: async (location) => ({ live: await live(location), ...(await keptAt(location, core, store, session)) }),
    async [Symbol.asyncDispose]() {
      await reader.close()
      await session[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
    },
  }
}

/** A proxy in front of the store that counts its steps. */
export function proxyBefore(store: Store): Promise<StepProxy> {
  const wire = wires[store.sink.type]
  if (!wire) throw new Error(`Nobody has said how ${store.sink.type} cuts its messages`)
  return startStepProxy(store.port, wire)
}

function calm(): AbortSignal {
  return AbortSignal.timeout(60_000)
}

async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let left = 5; ; left--) {
    try {
      return await work()
    } catch (error) {
      if (left === 0 || !(error instanceof VarTrackError) || error.disposition.kind !== 'retry') throw error
    }
  }
}

async function diesAt(store: Store, core: Core, work: Work, stop: Stop | undefined): Promise<number> {
  await using proxy = await proxyBefore(store)
  await using through = await openSession(store, store.at(proxy.port))
  const dead = new AbortController()
  proxy.count(stop, () => dead.abort())
  await perform(work, core, through, store.sink, dead.signal).catch((error: unknown) => {
    if (!dead.signal.aborted) throw error
  })
  return proxy.steps()
}

async function keptAt(location: string, core: Core, { sink: { traits } }: Store, session: Session) {
  const signal = calm()
  const heads = await session.heads(location, signal)
  const journal = await journalOf(session, location, heads[0], signal)
  const { state, summary } = await checkDrift({ core, session, traits, signal }, { location, source: SOURCE, extras: 'tell' })
  return {
    heads: heads.map((head) => ({ ...head, writtenAt: '' })),
    owned: journal && (await core.ledgerKeys(journal.ledger)),
    state,
    summary,
  }
}
