import { describeError, type VarTrackError } from '@vartrack/errors'
import type { EventLog } from '@vartrack/host'
import type { PlanJob } from '@vartrack/queues'

/** Lines logged of one change set; the change set itself tells how many there are. */
const MAX_LINES = 100

/** Logs the problems that an error gathers, a line each: its own message does not say which they are. */
export function tellProblems(
  problems: readonly VarTrackError[],
  { repo, ref, correlation }: Pick<PlanJob, 'repo' | 'ref' | 'correlation'>,
  { log }: { readonly log: EventLog },
): void {
  for (const problem of problems.slice(0, MAX_LINES)) log.warn({ repo, ref, correlation, ...problem.toJSON() }, describeError(problem))
}
