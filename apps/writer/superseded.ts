import type { VarTrackError } from '@vartrack/errors'
import { type ChangeSetFacts, counterOf, type Target, type TargetOutcome } from '@vartrack/state'
import type { WriterContext } from './context.js'

/**
 * A write that something overtook. Usually a newer push is there and all is well; but if the destination is ahead of the counter itself, Redis has
 * lost it: the counter is raised and the ref planned again.
 */
export async function replanOrYield(
  changeSet: ChangeSetFacts,
  target: Target,
  error: VarTrackError,
  signal: AbortSignal,
  context: WriterContext,
): Promise<TargetOutcome> {
  const behind = error.code === 'fence.stale' && (await counterFellBehind(target, signal, context))
  if (behind || error.code !== 'fence.stale') await planAgain(changeSet, target, context)
  context.log.info(
    { changeSet: changeSet.id, datasource: target.datasource, location: target.location, code: error.code, planAgain: behind },
    error.message,
  )
  return { state: 'superseded', put: 0, deleted: 0, kept: 0, error: { code: error.code, message: error.message }, at: new Date().toISOString() }
}

async function counterFellBehind(target: Target, signal: AbortSignal, context: WriterContext): Promise<boolean> {
  const counter = counterOf(target.source)
  const heads = await context.sessions.use(target.datasource, (session) => session.heads(target.location, signal))
  const there = heads.find((head) => head.source === target.source)?.generation ?? 0
  if (there <= ((await context.state.generation(counter)) ?? 0)) return false
  await context.state.takeGeneration(counter, there)
  return true
}

async function planAgain(changeSet: ChangeSetFacts, target: Target, context: WriterContext): Promise<void> {
  await context.producer.add('plan', {
    correlation: changeSet.correlation,
    cause: changeSet.cause,
    platform: target.platform,
    repo: target.repo,
    ref: target.ref,
    ...(target.pullRequest ? { pullRequest: { ...target.pullRequest, closed: false } } : {}),
    dryRun: target.dryRun,
    full: true,
  })
}
