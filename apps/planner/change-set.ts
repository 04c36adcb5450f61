import type { VarTrackError } from '@vartrack/errors'
import { type PlanJob, planLane } from '@vartrack/queues'
import type { ChangeSet, State } from '@vartrack/state'
import type { PlannerContext } from './context.js'

/** Errors and warnings kept of one change set. */
const MAX_TOLD = 100

/** What a change set has beside what its job says. */
export interface ChangeSetParts extends Pick<ChangeSet, 'id' | 'targets'> {
  readonly warnings?: ChangeSet['warnings'] | undefined
  /** `undefined`: the ref is gone, or the head was not read. */
  readonly commit: string | undefined
  readonly settles: ChangeSet['settles']
}

/** A change set whose writes are still to come. */
export function changeSetOf(job: PlanJob, { commit, settles, warnings, ...parts }: ChangeSetParts): ChangeSet {
  return {
    ...parts,
    correlation: job.correlation,
    cause: job.cause,
    platform: job.platform,
    repo: job.repo,
    ref: job.ref,
    commit: commit ?? '',
    createdAt: new Date().toISOString(),
    state: 'planned',
    ...(settles ? { settles } : {}),
    ...(warnings ? { warnings } : {}),
  }
}

/** Stores a change set and hands it to the writers. @param sinks type of each target's datasource */
export async function handToWriters(job: PlanJob, changeSet: ChangeSet, sinks: readonly string[], context: PlannerContext): Promise<void> {
  await context.state.putChangeSet(changeSet)
  const settle = { correlation: job.correlation, changeSet: changeSet.id }
  const writes = sinks.map((sink, target) => ({ name: 'write' as const, sink, data: { ...settle, target } }))
  await context.producer.addFlow(settle, writes, { lane: planLane(job.cause) })
}

/** How a plan failed. */
interface FailedPlan {
  readonly error: VarTrackError
  /** Is it not tried again whatever the error's disposition asks for? */
  readonly isLastTry: boolean
}

/** Records a change set that was refused before any write; a plan that is run again has no outcome yet. */
export async function recordRefusal(job: PlanJob, id: string, { error, isLastTry }: FailedPlan, state: Pick<State, 'putChangeSet'>): Promise<void> {
  if (willComeAgain(error, isLastTry)) return
  await state.putChangeSet({
    ...changeSetOf(job, { id, commit: undefined, settles: undefined, targets: [] }),
    state: 'refused',
    error: { ...error.toJSON(), ...(error.others.length > 0 ? { others: toldOf(error.others) } : {}) },
  })
}

/** Is a job that ended so run again? One that waits may be given up in the end. @param isLastTry is it not tried again whatever the error's disposition asks for? */
export function willComeAgain(error: VarTrackError, isLastTry: boolean): boolean {
  return { retry: !isLastTry, replan: !isLastTry, wait: true, stall: false, bug: false }[error.disposition.kind]
}

/** Errors as a change set keeps them. */
export function toldOf(errors: readonly VarTrackError[]) {
  return errors.slice(0, MAX_TOLD).map((error) => error.toJSON())
}
