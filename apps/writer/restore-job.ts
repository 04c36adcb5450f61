import { type RestoreOutcome, restore } from '@vartrack/engine'
import { toVarTrackError } from '@vartrack/errors'
import type { RestoreJob } from '@vartrack/queues'
import type { Target, TargetOutcome } from '@vartrack/state'
import { isAnothers } from './anothers.js'
import type { WriterContext } from './context.js'

/**
 * Puts back what one target of a failed change set wrote. What cannot be put back is `degraded`, loudly; where nothing was written, or something newer is
 * there, the target's outcome stays as it is.
 * @throws VarTrackError from the store; the job is tried again
 */
export async function restoreJob(job: RestoreJob, signal: AbortSignal, context: WriterContext): Promise<void> {
  const target = (await context.state.changeSetTarget(job.changeSet, job.target))?.target
  if (!target) return context.log.warn({ changeSet: job.changeSet }, 'the change set is gone from Redis; nothing to put back')
  try {
    await record(job, target, await context.exclusively(target, signal, (lockSignal) => putBack(target, lockSignal, context)), context)
  } catch (error) {
    const known = toVarTrackError(error)
    if (known.code === 'fence.stale') return record(job, target, 'superseded', context)
    if (known.code !== 'fence.moved' && !isAnothers(signal) && (await hadWritten(job, context))) await recordDegraded(job, target, known, context)
    throw error
  }
}

function putBack(target: Target, signal: AbortSignal, context: WriterContext): Promise<RestoreOutcome> {
  return context.sessions.use(target.datasource, (session, sink) =>
    restore(
      { core: context.core, session, traits: sink.traits, signal },
      { location: target.location, source: target.source, generation: target.generation },
    ),
  )
}

/** A write that failed and cannot be asked about stays `failed`: most likely nothing of it is there. */
async function hadWritten(job: RestoreJob, context: WriterContext): Promise<boolean> {
  return (await context.state.outcomes(job.changeSet)).get(job.target)?.state !== 'failed'
}

async function record(job: RestoreJob, target: Target, outcome: RestoreOutcome, context: WriterContext): Promise<void> {
  const fields = { changeSet: job.changeSet, datasource: target.datasource, location: target.location }
  if (outcome === 'impossible') return recordDegraded(job, target, undefined, context)
  if (outcome !== 'restored') return context.log.info({ ...fields, outcome }, 'nothing to put back')
  await context.state.putOutcome(job.changeSet, job.target, outcomeOf('rolled_back'))
  await context.state.putStatus(target, { state: 'in_sync', writtenAt: new Date().toISOString() })
  context.log.info(fields, 'put back')
}

async function recordDegraded(
  job: RestoreJob,
  target: Target,
  error: { code: string; message: string } | undefined,
  context: WriterContext,
): Promise<void> {
  const told = error ? { error: { code: error.code, message: error.message } } : {}
  await context.state.putOutcome(job.changeSet, job.target, { ...outcomeOf('degraded'), ...told })
  await context.state.putStatus(target, { state: 'degraded', writtenAt: new Date().toISOString() })
  const { datasource, location } = target
  context.log.error(
    { changeSet: job.changeSet, datasource, location, error: error?.code },
    'DEGRADED: what a failed change set wrote here could not be put back',
  )
}

function outcomeOf(state: TargetOutcome['state']): TargetOutcome {
  return { state, put: 0, deleted: 0, kept: 0, at: new Date().toISOString() }
}
