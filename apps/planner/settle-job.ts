import type { Bundle } from '@vartrack/bundle'
import type { EventLog } from '@vartrack/host'
import type { Producer, SettleJob } from '@vartrack/queues'
import { type ChangeSet, emptyOutcome, type State, type Target, type TargetOutcome } from '@vartrack/state'
import { settled } from './settled.js'
import { sinkTypeOf } from './sink-type.js'

/** What settling works with. */
export interface SettleContext {
  readonly bundle: () => Bundle
  readonly state: State
  readonly producer: Pick<Producer, 'add'>
  readonly log: EventLog
}

type Ended = readonly { readonly index: number; readonly target: Target; readonly outcome: TargetOutcome }[]

/**
 * Ends a change set when every write has ended either way: one failure puts back what the others had, if the rule says so; otherwise the deferred
 * deletes follow. Safe to run twice: restoring and pruning are.
 * @throws VarTrackError when Redis fails; the job is tried again
 */
export async function settleJob(job: SettleJob, context: SettleContext): Promise<void> {
  const changeSet = await context.state.changeSet(job.changeSet)
  if (!changeSet) return context.log.warn({ changeSet: job.changeSet }, 'the change set is gone from Redis; the sweep plans it again')
  const ended = await endedTargets(changeSet, context.state)
  if (hasFailed(changeSet, ended)) await fail(job, changeSet, ended, context)
  else await succeed(job, changeSet, ended, context)
  await followDeparted(job, changeSet, context)
}

/** The plan that found the ref gone emptied what was live then: not what this change set has brought to new places since. */
async function followDeparted({ correlation }: SettleJob, changeSet: ChangeSet, { state, producer, log }: SettleContext): Promise<void> {
  const { settles, platform, repo, ref, cause, targets } = changeSet
  if (!settles || !(await state.departedSince(changeSet, settles.generation))) return
  const pullRequest = targets.find((target) => target.pullRequest)?.pullRequest
  const closed = pullRequest ? { pullRequest: { ...pullRequest, closed: true } } : {}
  await producer.add('plan', { correlation, cause, platform, repo, ref, ...closed, dryRun: false, full: true })
  log.info({ changeSet: changeSet.id, correlation, repo, ref }, 'the ref went while this was being written; it is planned again')
}

/** A run before this one may have decided; what it asked for has outcomes by now that are not those of the writes. */
function hasFailed({ state }: ChangeSet, ended: Ended): boolean {
  return state === 'planned' ? ended.some(({ outcome }) => outcome.state === 'failed') : state === 'failed'
}

async function endedTargets(changeSet: ChangeSet, state: State): Promise<Ended> {
  const outcomes = await state.outcomes(changeSet.id)
  return changeSet.targets.map((target, index) => ({ index, target, outcome: outcomes.get(index) ?? unknownOutcome() }))
}

function unknownOutcome(): TargetOutcome {
  const remedy = 'Look for its job in the quarantine: it took its workers down, or it was of a version that nobody there reads.'
  return emptyOutcome('failed', { error: { code: 'write.lost', message: 'The write ended without saying how.', remedy }, uncertain: true })
}

async function fail(job: SettleJob, changeSet: ChangeSet, ended: Ended, context: SettleContext): Promise<void> {
  await context.state.putChangeSet({ ...changeSet, state: 'failed' })
  const asked = ended.filter(({ target, outcome }) => target.onFailure === 'rollback' && !target.dryRun && mayNeedCare(outcome))
  await Promise.all(asked.map(({ index, target }) => addFor('restore', job, index, target, context)))
  const restoring = asked.filter(({ target, outcome }) => target.undo && mayHaveWritten(outcome)).length
  context.log.error(
    { changeSet: changeSet.id, correlation: job.correlation, commit: changeSet.commit, outcomes: ended.map(reported), restoring },
    restoring > 0 ? 'change set failed; putting back what was written' : 'change set failed',
  )
}

/** Also where nothing was written: what is claimed and watched there has to follow what is there. */
function mayNeedCare(outcome: TargetOutcome): boolean {
  return outcome.state === 'failed' || mayHaveWritten(outcome)
}

/** `unchanged`, too: a job that was killed after its write and run again found nothing left to do. Where nothing was written, nothing is put back. */
function mayHaveWritten({ state, uncertain }: TargetOutcome): boolean {
  return state === 'written' || state === 'unchanged' || (state === 'failed' && uncertain === true)
}

async function succeed(job: SettleJob, changeSet: ChangeSet, ended: Ended, context: SettleContext): Promise<void> {
  const deferred = ended.filter(({ target, outcome }) => target.prune.enabled && target.prune.last && mayHaveWritten(outcome))
  await context.state.putChangeSet({ ...changeSet, state: 'settled' })
  await Promise.all(deferred.map(({ index, target }) => addFor('write', job, index, target, context)))
  if (changeSet.settles) await settled(context.state, changeSet, changeSet.settles)
  context.log.info(
    { changeSet: changeSet.id, correlation: job.correlation, commit: changeSet.commit, outcomes: ended.map(reported) },
    'change set settled',
  )
}

/** Another job for the writers of a target: put back what it wrote, or write its deferred deletes. */
function addFor(name: 'restore' | 'write', job: SettleJob, target: number, { datasource }: Target, context: SettleContext): Promise<string> {
  const data = { correlation: job.correlation, changeSet: job.changeSet, target }
  const sink = sinkTypeOf(context.bundle(), datasource)
  return name === 'restore' ? context.producer.add(name, data, { sink }) : context.producer.add(name, { ...data, prune: true }, { sink })
}

function reported({ target, outcome }: Ended[number]) {
  const { state, put, deleted, error } = outcome
  return { datasource: target.datasource, location: target.location, state, put, deleted, ...(error ? { error: error.code } : {}) }
}
