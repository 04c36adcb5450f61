import { toVarTrackError } from '@vartrack/errors'
import { willComeAgain } from './change-set.js'
import type { ReadHead } from './head.js'
import type { PlanRun } from './plan-run.js'

/**
 * Does what is left of a plan whose commit counts as tried from now on, even if it takes the process down; but not where it is broken off to come again: a Redis
 * that was started anew before may have lost its job, and the sweep has to see then what is missing. One that waits for a store or a host waits on.
 * @param rest throws whatever refuses the plan or breaks it off
 */
export async function whileTried({ job, isLastTry, context }: PlanRun, settles: ReadHead['settles'], rest: () => Promise<void>): Promise<void> {
  if (!settles) return rest()
  await context.state.putTried(job, settles)
  try {
    await rest()
  } catch (error) {
    const known = toVarTrackError(error)
    const brokenOff = known.disposition.kind !== 'wait' && willComeAgain(known, isLastTry)
    // Where Redis is away it may be started anew, and then no commit counts as tried.
    if (brokenOff) await context.state.forgetTried(job).catch(() => undefined)
    throw error
  }
}
