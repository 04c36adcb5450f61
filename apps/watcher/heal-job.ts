import { setTimeout as pause } from 'node:timers/promises'
import { VarTrackError } from '@vartrack/errors'
import type { HealJob } from '@vartrack/queues'
import type { Target } from '@vartrack/state'
import { driftOf } from './check.js'
import type { WatcherContext } from './context.js'

/** First look after a heal was asked for, then twice as long each time. */
const FIRST_LOOK_MS = 100
const LONGEST_LOOK_MS = 2_000

/**
 * Puts one destination back to what Git says, through the same pipeline as a push, and looks until it is there.
 * @throws VarTrackError `heal.timeout` when the destination still differs after HEAL_TIMEOUT, whatever Git, the store or Redis throw
 */
export async function healJob(job: HealJob, signal: AbortSignal, context: WatcherContext): Promise<void> {
  const target = await context.state.target(job)
  if (!target) return context.log.warn({ ...job }, "nothing to heal: the destination is not varTrack's any more")
  try {
    if (await isGone(target, signal, context)) await leaveAlone(target, context)
    else await heal(job, target, signal, context)
  } catch (error) {
    if (!signal.aborted) context.metrics.healError(job.datasource)
    throw error
  }
}

/** Git says nothing of a ref that is gone. The head of a pull request stays when it is closed. */
async function isGone(target: Target, signal: AbortSignal, context: WatcherContext): Promise<boolean> {
  if (target.pullRequest) return false
  const { refs } = await context.git.remoteHeads(await context.remote(target.platform, target.repo), signal)
  return !refs.has(target.ref)
}

/** Drift there is still told; the next push to a ref of that name has it healed again. */
async function leaveAlone(target: Target, context: WatcherContext): Promise<void> {
  const { datasource, location, ref } = target
  await context.state.putTarget({ ...target, selfHeal: false })
  context.log.warn({ datasource, location, ref }, 'not healed, now and later: the ref is gone, and its destination is kept as it is')
}

async function heal(job: HealJob, target: Target, signal: AbortSignal, context: WatcherContext): Promise<void> {
  await context.producer.add('plan', planOf(job, target))
  const deadline = Date.now() + context.healTimeoutMs
  for (let wait = FIRST_LOOK_MS; Date.now() < deadline; wait = Math.min(wait * 2, LONGEST_LOOK_MS)) {
    await pause(wait, undefined, { signal })
    if ((await driftOf(target, signal, context)).state !== 'in_sync') continue
    return healed(target, context)
  }
  throw stillDrifted(target, context.healTimeoutMs)
}

function planOf(job: HealJob, target: Target) {
  return {
    correlation: job.correlation,
    cause: 'heal' as const,
    platform: target.platform,
    repo: target.repo,
    ref: target.ref,
    ...(target.pullRequest ? { pullRequest: { ...target.pullRequest, closed: false } } : {}),
    datasource: target.datasource,
    location: target.location,
    dryRun: false,
    full: true,
  }
}

async function healed(target: Target, context: WatcherContext): Promise<void> {
  context.metrics.heal(target.datasource)
  const status = await context.state.status(target)
  const { drift: _drift, ...rest } = status ?? { state: 'in_sync' as const }
  await context.state.putStatus(target, { ...rest, state: 'in_sync', checkedAt: new Date().toISOString() })
  context.log.info({ datasource: target.datasource, location: target.location }, 'healed: live is what Git says again')
}

function stillDrifted(target: Target, timeoutMs: number): VarTrackError {
  return new VarTrackError({
    code: 'heal.timeout',
    message: `${target.location} still differs from Git ${timeoutMs / 1000} s after its heal began.`,
    remedy: 'See the change set of the heal for why its write failed, or who writes there besides varTrack.',
    place: { datasource: target.datasource, destination: target.location },
  })
}
