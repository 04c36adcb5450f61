import { type Core, loadCore } from '@vartrack/core'
import { checkDrift, journalOf } from '@vartrack/engine'
import { VarTrackError } from '@vartrack/errors'
import type { Head, Session } from '@vartrack/sink-kit'
import { textsOf } from '../entries.js'
import { persistently } from '../persistently.js'
import { newLocation, openSession, type Store } from '../store.js'
import { openReader, type Reader, type Snapshot } from './reader.js'
import { BY_HAND, keysOf, type Scenario } from './scenarios.js'
import { type Step, type StepProxy, type Stop, startStepProxy } from './step-proxy.js'
import { wires } from './wire.js'
import { perform, SOURCE, type Work } from './work.js'

type Task = Omit<Work, 'location'>

/** A store with writers that live, writers that die, writers that stand still, and an application that reads. */
export interface Ground extends AsyncDisposable {
  readonly store: Store
  readonly reader: Reader
  /** A place where everything has happened that comes before the scenario's work. */
  readonly prepare: (scenario: Scenario) => Promise<string>
  /** Does a task, again as long as another try will do, as a queue would. @returns how it ended */
  readonly does: (location: string, task: Task) => Promise<string>
  /** Does a task once more. @returns how many messages it took that may have changed something */
  readonly changesOf: (location: string, task: Task) => Promise<number>
  /** Does a task until the stop, and then is dead. @returns steps it took */
  readonly stepsOf: (location: string, task: Task, stop?: Stop) => Promise<readonly Step[]>
  /** The same. @returns how many steps it took */
  readonly diesAt: (location: string, task: Task, stop?: Stop) => Promise<number>
  /** Does a task as far as before a step, and stands still there. */
  readonly holdsBefore: (location: string, task: Task, step: number) => Promise<Held>
  /** What the values are by varTrack's own reading. */
  readonly live: (location: string) => Promise<Snapshot>
  /** Everything that two places have in common where the same has happened. */
  readonly standing: (location: string) => Promise<Standing>
}

/** What is kept about a place, and the values there. */
export interface Standing {
  readonly heads: readonly Head[]
  readonly owned: unknown
  readonly state: string
  readonly summary: unknown
  readonly live: Snapshot
}

/** A writer that stands still between two steps of its work. Disposed, it is dead. */
export interface Held extends AsyncDisposable {
  /** It goes on. @returns how its work ended, or the code of the error */
  letOn(): Promise<string>
  /** It is dead, but what it had sent arrives. */
  deliverLate(): Promise<void>
}

/** @param width of the scenarios that are tried there */
export async function openGround(start: () => Promise<Store>, width = 1): Promise<Ground> {
  const core = loadCore()
  const store = await start()
  const changes = new Map<string, number>()
  const proxy = await proxyBefore(store, (message) => {
    for (const [location, count] of changes) if (names(message, location)) changes.set(location, count + 1)
  })
  const session = await openSession(store, store.at(proxy.port))
  const reader = await openReader(store, store.options() as Record<string, string>, keysOf(width))
  const does = (location: string, task: Task) => persistently(() => perform({ ...task, location }, core, session, store.sink, calm()))
  const live = async (location: string) => textsOf(await session.read(location, 'all', calm()))
  const stepsOf: Ground['stepsOf'] = (location, task, stop) => stepsUntil(store, core, { ...task, location }, stop)
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
    stepsOf,
    changesOf: async (location, task) => {
      changes.set(location, 0)
      await does(location, task)
      const count = changes.get(location) ?? 0
      changes.delete(location)
      return count
    },
    diesAt: async (location, task, stop) => (await stepsOf(location, task, stop)).length,
    holdsBefore: (location, task, step) => holdBefore(store, core, { ...task, location }, step),
    standing: async (location) => ({ live: await live(location), ...(await keptAt(location, core, store, session)) }),
    async [Symbol.asyncDispose]() {
      await reader.close()
      await session[Symbol.asyncDispose]()
      await proxy[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
    },
  }
}

/** A proxy in front of the store that counts its steps. @param onChange is told of every message that may change what lies there */
export function proxyBefore(store: Store, onChange?: (message: Buffer) => void): Promise<StepProxy> {
  const wire = wires[store.sink.type]
  if (!wire) throw new Error(`Nobody has said how ${store.sink.type} cuts its messages`)
  return startStepProxy(store.port, wire, onChange)
}

/** Places are numbered: one name can be the beginning of another. */
function names(message: Buffer, location: string): boolean {
  const at = message.indexOf(location)
  return at >= 0 && !/^\d/.test(message.toString('latin1', at + location.length, at + location.length + 1))
}

function calm(): AbortSignal {
  return AbortSignal.timeout(60_000)
}

async function stepsUntil(store: Store, core: Core, work: Work, stop: Stop | undefined): Promise<readonly Step[]> {
  await using proxy = await proxyBefore(store)
  await using through = await openSession(store, store.at(proxy.port))
  const dead = new AbortController()
  proxy.count(stop, () => dead.abort())
  await perform(work, core, through, store.sink, dead.signal).catch((error: unknown) => {
    if (!dead.signal.aborted) throw error
  })
  return proxy.steps()
}

async function holdBefore(store: Store, core: Core, work: Work, step: number): Promise<Held> {
  const proxy = await proxyBefore(store)
  const through = await openSession(store, store.at(proxy.port))
  const dead = new AbortController()
  const held = new Promise<void>((resolve) => proxy.count({ step: step - 1, after: 'answered', fate: 'held' }, resolve))
  const ended = perform(work, core, through, store.sink, dead.signal).catch((error: unknown) => {
    if (error instanceof VarTrackError) return error.code
    throw error
  })
  await Promise.race([held, ended])
  return {
    letOn: () => {
      proxy.letOn()
      return ended
    },
    async deliverLate() {
      const delivered = proxy.deliverLate()
      dead.abort()
      await delivered
    },
    async [Symbol.asyncDispose]() {
      dead.abort()
      await proxy[Symbol.asyncDispose]()
      await ended
      await through[Symbol.asyncDispose]()
    },
  }
}

async function keptAt(location: string, core: Core, { sink: { traits } }: Store, session: Session): Promise<Omit<Standing, 'live'>> {
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
