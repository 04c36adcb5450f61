import { type Disposition, VarTrackError } from '@vartrack/errors'
import type { PlanJob } from '@vartrack/queues'
import { describe, expect, it } from 'vitest'
import { openTestState } from '../../test/support/test-state.js'
import { recordRefusal } from './change-set.js'

const JOB: PlanJob = {
  version: 1,
  correlation: 'c',
  cause: 'sync',
  platform: 'github',
  repo: 'acme/app',
  ref: 'refs/heads/main',
  dryRun: false,
  full: true,
}

/** What the state holds of a plan that failed. */
async function recorded(disposition: Disposition, isLastTry: boolean): Promise<unknown> {
  await using testState = await openTestState()
  const state = testState.fresh()
  const others = [new VarTrackError({ code: 'test.other', message: 'Another.' })]
  await recordRefusal(
    JOB,
    'change',
    { error: new VarTrackError({ code: 'test.failed', message: 'It failed.', disposition, others }), isLastTry },
    state,
  )
  return await state.changeSet('change')
}

describe('a plan that failed before any write', () => {
  it('is recorded with every error, for whoever asked for it', async () => {
    const error = { code: 'test.failed', message: 'It failed.', others: [{ code: 'test.other' }] }
    expect(await recorded({ kind: 'stall' }, false)).toMatchObject({ state: 'refused', correlation: 'c', cause: 'sync', repo: 'acme/app', error })
  })

  it.each(['retry', 'replan'] as const)('is recorded after its last try alone where it ends with %s', async (kind) => {
    expect(await recorded({ kind }, false)).toBeUndefined()
    expect(await recorded({ kind }, true)).toMatchObject({ state: 'refused', error: { code: 'test.failed' } })
  })

  it('is not recorded while it waits for a time that the far side named', async () => {
    expect(await recorded({ kind: 'wait', afterMs: 5 }, true)).toBeUndefined()
  })
})
