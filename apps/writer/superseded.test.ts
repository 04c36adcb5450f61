import { VarTrackError } from '@vartrack/errors'
import { conflictingWrite, type Head, type Session, type Sink, staleWrite } from '@vartrack/sink-kit'
import { type ChangeSet, counterOf } from '@vartrack/state'
import { describe, expect, it } from 'vitest'
import { sampleTarget } from '../../test/support/samples.js'
import { openTestState } from '../../test/support/test-state.js'
import { replanOrYield } from './superseded.js'

const { platform, repo, ref, source, location, environment, digest, commit } = sampleTarget
const changeSet: ChangeSet = {
  id: 'change',
  correlation: 'asked-by-a-person',
  cause: 'webhook',
  platform,
  repo,
  ref,
  createdAt: '2026-01-01T00:00:00.000Z',
  state: 'planned',
  targets: [],
}

/** No clock has come so far: generations are counted from here. */
const AHEAD = 9_000_000_000_000

/** What comes of a write, when the destination and the counter of generations stand so far behind {@link AHEAD}. */
async function overtaken(error: VarTrackError, aheadThere: number, aheadCounted: number) {
  const [there, counted] = [AHEAD + aheadThere, AHEAD + aheadCounted]
  await using testState = await openTestState()
  const state = testState.fresh()
  const counter = counterOf(source)
  await state.takeGeneration(counter, counted - 2)
  const head: Head = { source, ref, environment, generation: there, commit, digest, journal: there, entries: 1, writtenAt: changeSet.createdAt }
  const session = { heads: async () => [head] } as unknown as Session
  const plans: unknown[] = []
  const lines: Record<string, unknown>[] = []
  const tell = (fields: Record<string, unknown>) => void lines.push(fields)
  const outcome = await replanOrYield(changeSet, sampleTarget, error, AbortSignal.timeout(10_000), {
    state,
    sessions: { use: (_, work) => work(session, {} as Sink), [Symbol.asyncDispose]: async () => undefined },
    producer: { add: async (_, ...[data]) => String(plans.push(data)) },
    log: { info: tell, warn: tell, error: tell },
  })
  return { state: outcome.state, plans, told: lines.map((line) => line['planAgain']), counted: ((await state.generation(counter)) ?? 0) - AHEAD }
}

describe('a write that something overtook', () => {
  it('is left to the newer push that is there', async () => {
    const stale = staleWrite(5, sampleTarget, location)
    expect(await overtaken(stale, 5, 6)).toEqual({ state: 'superseded', plans: [], told: [false], counted: 6 })
  })

  it('is planned again above the destination when Redis has lost the counter of generations', async () => {
    const { plans, told, counted } = await overtaken(staleWrite(9, sampleTarget, location), 9, 4)
    expect(plans).toMatchObject([{ correlation: 'asked-by-a-person', cause: 'webhook', repo, ref, full: true }])
    expect([told, counted > 9]).toEqual([[true], true])
  })

  it('is planned again when its generation was taken before, for another release', async () => {
    const conflict = conflictingWrite(sampleTarget, location)
    expect(conflict.disposition).toEqual({ kind: 'replan' })
    const { state, plans, told } = await overtaken(conflict, sampleTarget.generation, sampleTarget.generation + 1)
    expect([state, plans.length, told]).toEqual(['superseded', 1, [true]])
  })

  it('is planned again when Redis has lost its release, and says so', async () => {
    const lost = new VarTrackError({ code: 'release.lost', message: 'It is gone.', disposition: { kind: 'replan' } })
    const { plans, told } = await overtaken(lost, 1, 4)
    expect([plans.length, told]).toEqual([1, [true]])
  })
})
