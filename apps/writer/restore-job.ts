import { type Below, type EngineContext, type RestoreOutcome, restore } from '@vartrack/engine'
import { toVarTrackError } from '@vartrack/errors'
import { isAnothers, type RestoreJob } from '@vartrack/queues'
import { emptyOutcome, type Target, type TargetOutcome } from '@vartrack/state'
import { belowOf } from './below.js'
import type { WriterContext } from './context.js'
import { type Holding, holdingAt, recordHolding } from './holding.js'

/** `whole`: the write that seemed to have failed is there, and it was all there was to its change set. */
type Ending = RestoreOutcome | 'whole'

/**
 * Puts back what one target of a failed change set wrote, and lets the state say what is there. What cannot be put back is `degraded`, loudly; where nothing
 * was written, or something newer is there, the target's outcome stays as it is.
 * @throws VarTrackError from the store; the job is tried again
 */
export async function restoreJob(job: RestoreJob, signal: AbortSignal, context: WriterContext): Promise<void> {
  const target = (await context.state.changeSetTarget(job.changeSet, job.target))?.target
  if (!target) return context.log.warn({ changeSet: job.changeSet }, 'the change set is gone from Redis; nothing to put back')
  const before = (await context.state.outcomes(job.changeSet)).get(job.target)
  try {
    await context.exclusively(target, signal, (lockSignal) => putBack(job, { target, before }, lockSignal, context))
  } catch (error) {
    const known = toVarTrackError(error)
    if (known.code === 'fence.stale') return tell(job, target, 'superseded', context)
    const isEarly = known.code === 'fence.moved' || known.code === 'restore.undecided'
    if (!isEarly && !isAnothers(signal) && mayBeThere(before)) await recordDegraded(job, target, known, context)
    throw error
  }
}

/** A target, and how it ended as far as is known. */
interface Ended {
  readonly target: Target
  readonly before: TargetOutcome | undefined
}

function putBack(job: RestoreJob, ended: Ended, signal: AbortSignal, context: WriterContext): Promise<void> {
  const { target, before } = ended
  return context.sessions.use(target.datasource, async (session, sink) => {
    const engine: EngineContext = { core: context.core, session, traits: sink.traits, signal }
    const ending = await end(engine, target, mayBeThere(before), belowOf(target, context))
    await record(job, ended, ending, await holdingAt(engine, target), context)
  })
}

/** A target that is alone in its change set keeps what is whole. */
async function end(engine: EngineContext, target: Target, mayArrive: boolean, below: Below): Promise<Ending> {
  const { location, source, generation, undo } = target
  const heads = undo ? [] : await engine.session.heads(location, engine.signal)
  const isWhole = heads.some((head) => head.source === source && head.generation === generation)
  return isWhole ? 'whole' : restore(engine, { location, source, generation, mayArrive, below })
}

/** A write whose failure says that the store took nothing of it stays `failed`. */
function mayBeThere(before: TargetOutcome | undefined): boolean {
  return before?.state !== 'failed' || before.uncertain === true
}

async function record(job: RestoreJob, { target, before }: Ended, ending: Ending, holding: Holding, context: WriterContext): Promise<void> {
  if (ending === 'impossible') return recordDegraded(job, target, undefined, context)
  if (ending === 'superseded') return tell(job, target, ending, context)
  await recordHolding(target, holding, context)
  if (ending === 'nothing') await recordNothing(job, { target, before }, context)
  else if (ending === 'restored' || !target.repair) await recordEnded(job, target, ending, holding, context)
  tell(job, target, ending, context)
}

/** A repair may stand on a head of before, which says nothing of it. */
async function recordEnded(job: RestoreJob, target: Target, ending: 'restored' | 'whole', { head }: Holding, context: WriterContext): Promise<void> {
  await context.state.putOutcome(job.changeSet, job.target, emptyOutcome(ending === 'whole' ? 'written' : 'rolled_back'))
  if (!head || head.entries === 0) return
  const { commit, generation } = head
  await context.state.putStatus(target, { state: 'in_sync', writtenAt: new Date().toISOString(), commit, generation })
}

/** While the store was away it was not known that nothing of the write had arrived. */
async function recordNothing(job: RestoreJob, { target, before }: Ended, context: WriterContext): Promise<void> {
  if (before?.state !== 'degraded') return
  await context.state.putOutcome(job.changeSet, job.target, { ...before, state: 'failed' })
  await context.state.putStatus(target, { state: 'unknown', generation: target.generation })
}

function tell(job: RestoreJob, target: Target, ending: Ending, context: WriterContext): void {
  const fields = { changeSet: job.changeSet, datasource: target.datasource, location: target.location }
  if (ending === 'restored') context.log.info(fields, 'put back')
  else context.log.info({ ...fields, outcome: ending }, 'nothing to put back')
}

async function recordDegraded(
  job: RestoreJob,
  target: Target,
  error: { code: string; message: string } | undefined,
  context: WriterContext,
): Promise<void> {
  const told = error ? { error: { code: error.code, message: error.message } } : {}
  await context.state.putOutcome(job.changeSet, job.target, emptyOutcome('degraded', told))
  const { datasource, location, generation } = target
  await context.state.putStatus(target, { state: 'degraded', writtenAt: new Date().toISOString(), generation })
  context.log.error(
    { changeSet: job.changeSet, datasource, location, error: error?.code },
    'DEGRADED: what a failed change set wrote here could not be put back',
  )
}
