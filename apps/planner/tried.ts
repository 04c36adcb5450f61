import { toVarTrackError } from '@vartrack/errors'
import { isAnothers } from '@vartrack/queues'
import { willComeAgain } from './change-set.js'
import type { ReadHead } from './head.js'
import type { PlanRun } from './plan-run.js'

/**
 * Does the rest of a plan, and notes its commit as tried when that has come to an end: handed on to the writers, or refused for good. A plan that was broken
 * off is not tried: it comes again, or Redis was started anew and lost it, and then the sweep has to see what is missing.
 * @param rest throws what refuses the plan
 */
export async function untilTried(run: PlanRun, settles: ReadHead['settles'], rest: () => Promise<void>): Promise<void> {
  const { job, signal, isLastTry, context } = run
  if (!settles) return rest()
  const redisRun = await context.state.redisRun()
  const note = () => context.state.putTried(job, { ...settles, run: redisRun })
  try {
    await rest()
  } catch (error) {
    if (!isAnothers(signal) && !willComeAgain(toVarTrackError(error), isLastTry)) await note()
    throw error
  }
  await note()
}
