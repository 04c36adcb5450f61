import type { VarTrackError } from '@vartrack/errors'
import { type ChangeSetFacts, counterOf, emptyOutcome, type Target, type TargetOutcome } from '@vartrack/state'
import type { WriterContext } from './context.js'

type PlanningContext = Pick<WriterContext, 'sessions' | 'state' | 'producer' | 'log'>

/**
 * A write that something overtook. Where a newer push is there, all is well; but if the destination is ahead of the counter itself, Redis has lost it: the
 * counter is raised and the ref planned again. A release that Redis has lost, or a generation that was taken twice, is planned again, too: the write there
 * is an earlier one then, and must not be undone as if it were this one.
 * @param error whose disposition is `replan`
 * @returns the outcome of the target
 * @throws VarTrackError from the store, `state.unavailable`, `queue.unavailable`
 */
export async function replanOrYield(
  changeSet: ChangeSetFacts,
  target: Target,
  error: VarTrackError,
  signal: AbortSignal,
  context: PlanningContext,
): Promise<TargetOutcome> {
  const { code, message } = error
  const { datasource, location } = target
  const again = code !== 'fence.stale' || (await counterFellBehind(target, signal, context))
  if (again) await planAgain(changeSet, target, context)
  context.log.info({ changeSet: changeSet.id, correlation: changeSet.correlation, datasource, location, code, planAgain: again }, message)
  return emptyOutcome('superseded', { error: { code, message } })
}

async function counterFellBehind(target: Target, signal: AbortSignal, context: PlanningContext): Promise<boolean> {
  const counter = counterOf(target.source)
  const heads = await context.sessions.use(target.datasource, (session) => session.heads(target.location, signal))
  const there = heads.find((head) => head.source === target.source)?.generation ?? 0
  if (there <= ((await context.state.generation(counter)) ?? 0)) return false
  await context.state.takeGeneration(counter, there)
  return true
}

async function planAgain(changeSet: ChangeSetFacts, target: Target, context: PlanningContext): Promise<void> {
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
