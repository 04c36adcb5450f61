import { loadCore, type Release } from '@vartrack/core'
import type { SessionPool } from '@vartrack/engine'
import { type Session, storeError } from '@vartrack/sink-kit'
import { type ChangeSet, emptyOutcome, type State, type Target } from '@vartrack/state'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { textsOf } from '../../test/contract/entries.js'
import { releaseOf } from '../../test/contract/releases.js'
import { openGround } from '../../test/contract/steps/ground.js'
import { scenarios } from '../../test/contract/steps/scenarios.js'
import { newLocation, openSession, type Store } from '../../test/contract/store.js'
import { stores } from '../../test/contract/stores.js'
import { sampleTarget } from '../../test/support/samples.js'
import { withTestState } from '../../test/support/test-state.js'
import type { WriterContext } from './context.js'
import { restoreJob } from './restore-job.js'
import { writeJob } from './write-job.js'

const core = loadCore()
const { signal } = new AbortController()
const start = (name: string) => (stores[name] as NonNullable<(typeof stores)[string]>)()
let state: State

withTestState((testState) => {
  state = testState.fresh()
})

/** A writer over one session, and the lines it logged. */
function writerOver(store: Store, session: Session, isAway: () => boolean = () => false) {
  const lines: string[] = []
  const log = (_: unknown, line: string) => void lines.push(line)
  const use: SessionPool['use'] = async (_, work) => {
    if (isAway()) throw storeError('sink.unreachable', 'ECONNREFUSED')
    return work(session, store.sink)
  }
  const context: WriterContext = {
    core,
    sessions: { use, [Symbol.asyncDispose]: async () => undefined },
    journals: { get: () => undefined, set: () => undefined },
    state,
    exclusively: (_at, own, work) => work(own),
    producer: { add: async () => '' },
    observe: () => undefined,
    log: { info: log, warn: log, error: log },
  }
  return { context, lines }
}

function targetOf(location: string, generation: number, { digest, entries }: Release, changes: Partial<Target> = {}): Target {
  return { ...sampleTarget, location, generation, commit: generation.toString(16).padStart(40, '0'), digest, entries, ...changes }
}

/** A change set of one target, its release and its claim, as a plan leaves them. @returns the job of either */
async function planned(target: Target, release: Release) {
  const { platform, repo, ref, source, environment, digest, generation } = target
  const facts = { correlation: 'c', cause: 'webhook', platform, repo, ref, createdAt: new Date().toISOString(), state: 'planned' } as const
  const changeSet: ChangeSet = { id: `change-${generation}`, ...facts, targets: [target] }
  await state.putRelease(digest, release.frame)
  await state.claim(target, { source, ref, environment, digest, generation })
  await state.putChangeSet(changeSet)
  return { version: 1, correlation: 'c', changeSet: changeSet.id, target: 0 } as const
}

async function settled({ changeSet: id }: { readonly changeSet: string }): Promise<void> {
  const changeSet = await state.changeSet(id)
  if (changeSet) await state.putChangeSet({ ...changeSet, state: 'settled' })
}

function claims({ datasource, location }: Target) {
  return state.claims(datasource, location)
}

describe('putting back one target of a failed change set', () => {
  let store: Store
  let session: Session
  beforeAll(async () => {
    store = await start('redis with a hash')
    session = await openSession(store)
  })
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]()
    await store?.[Symbol.asyncDispose]()
  })

  const write = async (location: string, generation: number, json: string) => {
    const release = await releaseOf(core, json)
    const target = targetOf(location, generation, release)
    const job = await planned(target, release)
    await writeJob(job, signal, writerOver(store, session).context)
    return { target, job }
  }
  const live = async (location: string) => textsOf(await session.read(location, 'all', signal))

  it('leaves the watcher and the planner with what is there again, not with what failed', async () => {
    const location = newLocation(store)
    const first = await write(location, 1, '{"a":"1","b":"1"}')
    await settled(first.job)
    const second = await write(location, 3, '{"a":"2"}')
    await restoreJob(second.job, signal, writerOver(store, session).context)
    const { digest, commit } = first.target
    expect(await live(location)).toEqual({ a: '1', b: '1' })
    expect(await state.target(second.target)).toMatchObject({ digest, commit, generation: 4, entries: 2 })
    expect(await state.status(second.target)).toMatchObject({ state: 'in_sync', commit, generation: 4 })
    expect(await claims(second.target)).toMatchObject([{ digest }])
    expect(await state.ledger(second.target, 4)).toBeDefined()
  })

  it('leaves nothing to watch and nothing claimed where nothing was before', async () => {
    const { target, job } = await write(newLocation(store), 1, '{"a":"1"}')
    await restoreJob(job, signal, writerOver(store, session).context)
    expect((await state.outcomes(job.changeSet)).get(0)?.state).toBe('rolled_back')
    expect([await state.target(target), await claims(target)]).toEqual([undefined, []])
  })

  it('gives back the claim of a write that never arrived and keeps it from arriving, but gives back none that a newer push has made since', async () => {
    const location = newLocation(store)
    const { target, job } = await write(location, 1, '{"a":"1"}')
    await settled(job)
    const release = await releaseOf(core, '{"b":"2"}')
    const third = await planned(targetOf(location, 3, release), release)
    await restoreJob(third, signal, writerOver(store, session).context)
    expect(await claims(target)).toMatchObject([{ digest: target.digest }])
    expect(await session.heads(location, signal)).toMatchObject([{ digest: target.digest, generation: 4, journal: 1 }])
    const fifth = await planned(targetOf(location, 5, release), release)
    await state.claim(target, { source: target.source, ref: target.ref, environment: 'production', digest: 'newer', generation: 7 })
    await restoreJob(fifth, signal, writerOver(store, session).context)
    expect(await claims(target)).toMatchObject([{ digest: 'newer' }])
    expect(await state.target(target)).toMatchObject({ digest: target.digest, generation: 6 })
  })

  it('has nothing to put back of a write that found its generation there for another release: that is no write of its own', async () => {
    const location = newLocation(store)
    await write(location, 1, '{"a":"1"}')
    const there = await write(location, 3, '{"a":"2"}')
    const release = await releaseOf(core, '{"a":"3"}')
    const again = await planned(targetOf(location, 3, release), release)
    await writeJob(again, signal, writerOver(store, session).context)
    expect((await state.outcomes(again.changeSet)).get(0)?.state).toBe('superseded')
    expect(await live(location)).toEqual({ a: '2' })
    expect((await state.target(there.target))?.digest).toBe(there.target.digest)
  })

  it('keeps what is whole when it is alone in its change set', async () => {
    const location = newLocation(store)
    const release = await releaseOf(core, '{"a":"1"}')
    const target = targetOf(location, 1, release, { undo: false })
    const job = await planned(target, release)
    await writeJob(job, signal, writerOver(store, session).context)
    await state.putOutcome(job.changeSet, 0, emptyOutcome('failed', { uncertain: true }))
    await restoreJob(job, signal, writerOver(store, session).context)
    expect(await live(location)).toEqual({ a: '1' })
    expect((await state.outcomes(job.changeSet)).get(0)?.state).toBe('written')
  })

  it('is loud where nobody can tell whether anything arrived, until the store is there again', async () => {
    let away = true
    const { context, lines } = writerOver(store, session, () => away)
    const release = await releaseOf(core, '{"a":"1"}')
    const job = await planned(targetOf(newLocation(store), 1, release), release)
    await state.putOutcome(job.changeSet, 0, emptyOutcome('failed', { uncertain: true }))
    await expect(restoreJob(job, signal, context)).rejects.toMatchObject({ code: 'sink.unreachable' })
    expect((await state.outcomes(job.changeSet)).get(0)?.state).toBe('degraded')
    expect(lines.some((line) => line.startsWith('DEGRADED'))).toBe(true)
    away = false
    await restoreJob(job, signal, context)
    expect((await state.outcomes(job.changeSet)).get(0)?.state).toBe('failed')
  })
})

describe('a write to MongoDB that ended in the middle', () => {
  it('is undone although its head never came, even alone in its change set', async () => {
    await using ground = await openGround(() => start('mongo on mongo-java-server'))
    await using session = await openSession(ground.store)
    const { work, ...scenario } = scenarios(10).prune
    const release = await releaseOf(core, work.json)
    for (let step = await ground.diesAt(await ground.prepare({ ...scenario, work }), work); ; step--) {
      const location = await ground.prepare({ ...scenario, work })
      await ground.diesAt(location, work, { step, after: 'answered' })
      const [head] = await session.heads(location, signal)
      if (head?.generation !== 1) continue
      expect(await ground.live(location)).not.toEqual(scenario.from)
      const job = await planned(targetOf(location, work.generation, release, { undo: false }), release)
      await restoreJob(job, signal, writerOver(ground.store, session).context)
      expect(await ground.live(location)).toEqual(scenario.from)
      expect((await state.outcomes(job.changeSet)).get(0)?.state).toBe('rolled_back')
      return
    }
  })
})
