import { restore } from '@vartrack/engine'
import { toVarTrackError } from '@vartrack/errors'
import type { RestoreJob } from '@vartrack/queues'
import type { Target, TargetOutcome } from '@vartrack/state'
import type { WriterContext } from './context.js'

/**
 * Puts back what one target of a failed change set wrote. What cannot be put back is `degraded`, loudly.
 * @throws VarTrackError from the store; the job is tried again
 */
export async function restoreJob(job: RestoreJob, signal: AbortSignal, context: WriterContext): Promise<void> {
  const target = (await context.state.changeSetTarget(job.changeSet, job.target))?.target
  if (!target) return context.log.warn({ changeSet: job.changeSet }, 'the change set is gone from Redis; nothing to put back')
  try {
    const outcome = await context.exclusively(target, signal, (lockSignal) => putBack(target, lockSignal, context))
    await record(job, target, outcome === 'impossible' ? 'degraded' : 'rolled_back', undefined, context)
  } catch (error) {
    await record(job, target, 'degraded', error, context)
    throw error
  }
}

function putBack(target: Target, signal: AbortSignal, context: WriterContext) {
  return context.sessions.use(target.datasource, (session, sink) =>
    restore(
      { core: context.core, session, traits: sink.traits, signal },
      { location: target.location, source: target.source, generation: target.generation },
    ),
  )
}

async function record(job: RestoreJob, target: Target, state: TargetOutcome['state'], thrown: unknown, context: WriterContext): Promise<void> {
  const error = thrown === undefined ? undefined : toVarTrackError(thrown)
  const at = new Date().toISOString()
  await context.state.putOutcome(job.changeSet, job.target, {
    state,
    put: 0,
    deleted: 0,
    kept: 0,
    ...(error ? { error: { code: error.code, message: error.message } } : {}),
    at,
  })
  await context.state.putStatus(target, { state: state === 'degraded' ? 'degraded' : 'in_sync', writtenAt: at })
  const fields = { changeSet: job.changeSet, datasource: target.datasource, location: target.location }
  if (state === 'degraded') context.log.warn({ ...fields, error: error?.code }, 'DEGRADED: what a failed change set wrote here could not be put back')
  else context.log.info(fields, 'put back')
}
