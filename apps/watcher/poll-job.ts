import { randomUUID } from 'node:crypto'
import type { Bundle } from '@vartrack/bundle'
import { toVarTrackError, VarTrackError } from '@vartrack/errors'
import type { PollJob } from '@vartrack/queues'
import type { Target } from '@vartrack/state'
import { confirmedDriftOf } from './check.js'
import type { WatcherContext } from './context.js'
import { inParallel } from './in-parallel.js'
import { reportDrift } from './report.js'

/** Destinations of one datasource that are checked side by side. */
const PARALLEL = 8

/** Checks that failed in a row because the store did not answer. */
interface Round {
  failures: number
}

/**
 * Compares every live target of a datasource with its ledger. What differs is told, counted and, where the rule says so, healed.
 * A destination that cannot be checked does not keep the others from it, but a store that does not answer so many times in a row is not asked any further;
 * the next round is the retry.
 * @throws VarTrackError `state.unavailable`, `queue.unavailable`
 */
export async function pollJob(job: PollJob, signal: AbortSignal, context: WatcherContext): Promise<void> {
  const started = performance.now()
  const round: Round = { failures: 0 }
  await inParallel(context.state.targets(job.datasource), PARALLEL, async (target) => {
    if (signal.aborted || round.failures >= PARALLEL || target.dryRun) return
    if (await isDue(target, context)) await checkTarget(target, signal, round, context)
  })
  context.metrics.poll(job.datasource)
  context.metrics.pollSeconds(job.datasource, (performance.now() - started) / 1000)
}

/**
 * Rules of one datasource may ask for different intervals; the scheduler runs at the shortest, and a round that takes longer is overtaken by the next: each
 * destination is checked once an interval all the same. A tenth of slack, so that jitter skips no round.
 */
async function isDue(target: Target, context: WatcherContext): Promise<boolean> {
  const checkedAt = (await context.state.status(target))?.checkedAt
  return checkedAt === undefined || Date.now() - Date.parse(checkedAt) >= intervalOf(target, context.bundle()) * 0.9
}

function intervalOf(target: Target, bundle: Bundle): number {
  const rules = bundle.rules.filter((rule) => target.rules.includes(rule.name))
  const intervals = rules.map((rule) => rule.pollIntervalMs ?? bundle.pollIntervalMs)
  return intervals.length === 0 ? bundle.pollIntervalMs : Math.min(...intervals)
}

async function checkTarget(target: Target, signal: AbortSignal, round: Round, context: WatcherContext): Promise<void> {
  const report = await confirmedDriftOf(target, signal, context).catch((thrown: unknown) => toVarTrackError(thrown))
  if (signal.aborted || report === undefined) return
  if (report instanceof VarTrackError) return reportUnchecked(target, report, round, context)
  round.failures = 0
  await reportDrift(target, report, context)
  if (report.state !== 'in_sync' && target.selfHeal) await healSoon(target, context)
}

async function reportUnchecked(target: Target, error: VarTrackError, round: Round, context: WatcherContext): Promise<void> {
  const { datasource, location } = target
  const away = ['retry', 'wait'].includes(error.disposition.kind) || error.code === 'sink.auth'
  round.failures = away ? round.failures + 1 : 0
  await context.state.putStatus(target, {
    ...(await context.state.status(target)),
    state: away ? 'unreachable' : 'unknown',
    checkedAt: new Date().toISOString(),
  })
  context.log.warn({ datasource, location, code: error.code }, `cannot be checked: ${error.message}`)
}

async function healSoon(target: Target, context: WatcherContext): Promise<void> {
  const { datasource, location, source } = target
  await context.producer.add('heal', { correlation: randomUUID(), datasource, location, source })
}
