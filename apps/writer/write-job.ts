import type { Release } from '@vartrack/core'
import { type ApplyReport, type ApplyRequest, apply, type EngineContext, journalsOf, plan } from '@vartrack/engine'
import { toVarTrackError, VarTrackError } from '@vartrack/errors'
import { isAnothers, type WriteJob } from '@vartrack/queues'
import { recordCount } from '@vartrack/sink-kit'
import { type ChangeSetFacts, emptyOutcome, type Target, type TargetOutcome } from '@vartrack/state'
import type { WriterContext } from './context.js'
import { recordWrite } from './record.js'
import { replanOrYield } from './superseded.js'

/**
 * Writes one target of a change set: idempotent, fenced, recorded however it ends. A target that something newer has overtaken is no failure.
 * @throws VarTrackError from the store, after the outcome has been recorded
 */
export async function writeJob(job: WriteJob, signal: AbortSignal, context: WriterContext): Promise<void> {
  const started = performance.now()
  const { changeSet, target } = await loadTarget(job, context)
  const finish = async (outcome: TargetOutcome) => {
    if (isAnothers(signal)) throw signal.reason
    await context.state.putOutcome(changeSet.id, job.target, outcome)
    context.observe(target.datasource, outcome.state, (performance.now() - started) / 1000)
  }
  try {
    await finish(await context.exclusively(target, signal, (lockSignal) => bring(job, changeSet, target, { own: signal, lock: lockSignal }, context)))
  } catch (error) {
    if (isAnothers(signal)) throw error
    const known = toVarTrackError(error)
    if (known.disposition.kind === 'replan') return finish(await replanOrYield(changeSet, target, known, signal, context))
    await finish(failedOutcome(known))
    throw error
  }
}

/** A store that refuses has taken nothing; one that did not answer may have. */
function failedOutcome(error: VarTrackError): TargetOutcome {
  const uncertain = error.disposition.kind !== 'stall'
  return emptyOutcome('failed', { error: error.toJSON(), ...(uncertain ? { uncertain } : {}) })
}

async function loadTarget(job: WriteJob, context: WriterContext): Promise<{ changeSet: ChangeSetFacts; target: Target }> {
  const found = await context.state.changeSetTarget(job.changeSet, job.target)
  if (found) return found
  throw new VarTrackError({
    code: 'change_set.lost',
    message: `Change set ${job.changeSet} has no target ${job.target} in Redis.`,
    remedy: 'Redis lost it, or the job was forged; the sweep plans the ref again.',
  })
}

/** `own`: of the job. `lock`: aborts when the lock of the destination goes, too. */
interface Signals {
  readonly own: AbortSignal
  readonly lock: AbortSignal
}

async function bring(
  job: WriteJob,
  changeSet: ChangeSetFacts,
  target: Target,
  { own, lock: signal }: Signals,
  context: WriterContext,
): Promise<TargetOutcome> {
  const request = requestOf(job, target, await loadRelease(target, context))
  return context.sessions.use(target.datasource, async (session, sink) => {
    const journals = journalsOf(context.journals, target.datasource)
    const engine: EngineContext = { core: context.core, session, traits: sink.traits, signal, journals }
    if (target.dryRun) return dryRun(engine, request, target, context)
    const report = await apply(engine, request)
    if (isAnothers(own)) throw own.reason
    await recordWrite(changeSet, target, report, context)
    return outcomeOf(report)
  })
}

async function loadRelease(target: Target, context: WriterContext): Promise<Release> {
  const frame = await context.state.release(target.digest)
  if (frame) return { frame, digest: target.digest, entries: recordCount(frame) }
  throw new VarTrackError({
    code: 'release.lost',
    message: `Release ${target.digest} is not in Redis any more.`,
    remedy: 'It is compiled again from Git.',
    disposition: { kind: 'replan' },
  })
}

function requestOf(job: WriteJob, target: Target, release: Release): ApplyRequest {
  const deferred = target.prune.last && !job.prune
  return {
    location: target.location,
    source: target.source,
    ref: target.ref,
    environment: target.environment,
    generation: target.generation,
    commit: target.commit,
    release,
    syncMode: target.syncMode,
    prune: { ...target.prune, enabled: target.prune.enabled && !deferred },
    undo: target.undo,
    repair: target.repair || job.prune === true,
  }
}

async function dryRun(engine: EngineContext, request: ApplyRequest, target: Target, context: WriterContext): Promise<TargetOutcome> {
  const { summary, changes, hash } = await plan(engine, request)
  const { datasource, location, commit } = target
  context.log.info({ datasource, location, commit, hash, ...summary, changes: changes.slice(0, 20) }, 'dry run: nothing was written')
  const put = summary.added + summary.changed
  return { state: 'planned', put, deleted: summary.deleted, kept: summary.kept, report: changes.slice(0, 100), at: new Date().toISOString() }
}

function outcomeOf(report: ApplyReport): TargetOutcome {
  const stopped = report.summary?.pruneStopped
  return {
    state: report.state,
    put: report.put,
    deleted: report.deleted,
    kept: report.summary?.kept ?? 0,
    ...(stopped ? { stoppedDeletes: stopped.deletes } : {}),
    at: new Date().toISOString(),
  }
}
