import { VarTrackError } from '@vartrack/errors'
import { createState, type State } from '@vartrack/state'
import { Redis } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'
import { privateRedis } from '../../test/support/private-redis.js'
import { withTestState } from '../../test/support/test-state.js'
import type { PlanRun } from './plan-run.js'
import { untilTried } from './tried.js'

let state: State
withTestState((testState) => {
  state = testState.fresh()
})

const ref = { platform: 'github', repo: 'acme/app', ref: 'refs/heads/main' }
const settles = { datasources: ['redis'], commit: 'c1', generation: 1, bundle: 'b' }

/** The commit that counts as tried after a plan of it. */
async function triedAfter(rest: () => Promise<void>, { isLastTry = false, at = state } = {}): Promise<string | undefined> {
  await at.beginPlan(ref, settles.datasources, { commit: settles.commit, generation: settles.generation, whole: true })
  const run = { job: ref, signal: new AbortController().signal, isLastTry, context: { state: at } } as unknown as PlanRun
  await untilTried(run, settles, rest).catch(() => undefined)
  return (await at.tried(ref))?.commit
}

const refusedWith = (kind: 'stall' | 'retry') => () => Promise.reject(new VarTrackError({ code: 'x', message: 'x', disposition: { kind } }))

describe('a commit', () => {
  it.each([
    ['was handed on', async () => undefined, false],
    ['was refused for good', refusedWith('stall'), false],
    ['failed in its last try', refusedWith('retry'), true],
  ])('counts as tried when its plan %s', async (_, rest, isLastTry) => {
    expect(await triedAfter(rest, { isLastTry })).toBe('c1')
  })

  it('does not while its plan will come again: whoever lost it is found by the sweep', async () => {
    expect(await triedAfter(refusedWith('retry'))).toBeUndefined()
  })

  it('does not when Redis was started anew meanwhile: the jobs may be lost', async () => {
    const server = await privateRedis()
    onTestFinished(() => server.remove())
    const redis = new Redis(server.url).on('error', () => undefined)
    onTestFinished(() => redis.disconnect())
    const at = createState(redis, { prefix: '{tried}', onProblem: () => undefined })
    const restart = () => server.kill().then(() => server.start())
    expect(await triedAfter(restart, { at })).toBeUndefined()
    expect(await triedAfter(async () => undefined, { at })).toBe('c1')
  })
})
