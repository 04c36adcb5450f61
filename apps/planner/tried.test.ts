import { type Disposition, VarTrackError } from '@vartrack/errors'
import type { State } from '@vartrack/state'
import { describe, expect, it } from 'vitest'
import { withTestState } from '../../test/support/test-state.js'
import type { PlanRun } from './plan-run.js'
import { whileTried } from './tried.js'

let state: State
withTestState((testState) => {
  state = testState.fresh()
})

const ref = { platform: 'github', repo: 'acme/app', ref: 'refs/heads/main' }
const settles = { datasources: ['redis'], commit: 'c1', generation: 1, bundle: 'b' }

/** The commit that counts as tried after a plan of it. */
async function triedAfter(rest: () => Promise<void>, isLastTry = false): Promise<string | undefined> {
  await state.beginPlan(ref, settles.datasources, { commit: settles.commit, generation: settles.generation, whole: true })
  const run = { job: ref, isLastTry, context: { state } } as unknown as PlanRun
  await whileTried(run, settles, rest).catch(() => undefined)
  return (await state.tried(ref))?.commit
}

const brokenBy = (disposition: Disposition) => () => Promise.reject(new VarTrackError({ code: 'x', message: 'x', disposition }))

describe('a commit', () => {
  it.each([
    ['was handed on', async () => undefined, false],
    ['was refused for good', brokenBy({ kind: 'stall' }), false],
    ['failed in its last try', brokenBy({ kind: 'retry' }), true],
    ['waits for a host that asked for it', brokenBy({ kind: 'wait', afterMs: 1000 }), false],
  ])('counts as tried when its plan %s', async (_, rest, isLastTry) => {
    expect(await triedAfter(rest, isLastTry)).toBe('c1')
  })

  it('counts as tried while its plan is under way, which may take the process down', async () => {
    let during: string | undefined
    await triedAfter(async () => {
      during = (await state.tried(ref))?.commit
    })
    expect(during).toBe('c1')
  })

  it('does not when its plan was broken off: Redis may have lost the job that would come again', async () => {
    expect(await triedAfter(brokenBy({ kind: 'retry' }))).toBeUndefined()
    expect(await triedAfter(brokenBy({ kind: 'replan' }))).toBeUndefined()
  })

  it('of a ref that is gone meanwhile stays forgotten', async () => {
    expect(await triedAfter(() => state.forgetPlans(ref, settles.datasources, settles.generation))).toBeUndefined()
  })
})
