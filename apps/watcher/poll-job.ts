import { randomUUID } from 'node:crypto'
import type { Bundle } from '@vartrack/bundle'
import { toVarTrackError } from '@vartrack/errors'
import type { PollJob } from '@vartrack/queues'
import type { Target } from '@vartrack/state'
import { driftOf } from './check.js'
import type { WatcherContext } from './context.js'
import { reportDrift } from './report.js'

/** Destinations of one datasource that are checked side by side. */
const PARALLEL = 8

/**
 * Compares every live target of a datasource with its ledger. What differs is told, counted and, where the rule says so, healed.
 * A store that cannot be reached ends the round with one line; the next round is the retry.
 */
export async function pollJob(job: PollJob, signal: AbortSignal, context: WatcherContext): Promise<void> {
  const started = performance.now()
  const running = new Set<Promise<void>>()
  const round = { unreachable: false }
  for await (const target of context.state.targets(job.datasource)) {
    if (signal.aborted || round.unreachable) break
    if (target.dryRun || !(await isDue(target, context))) continue
    const check = checkTarget(target, signal, round, context).finally(() => running.delete(check))
    running.add(check)
    if (running.size >= PARALLEL) await Promise.race(running)
  }
  await Promise.all(running)
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

async function checkTarget(target: Target, signal: AbortSignal, round: { unreachable: boolean }, context: WatcherContext): Promise<void> {
  try {
    const report = await driftOf(target, signal, context)
    await reportDrift(target, report, context)
    if (report.state !== 'in_sync' && target.selfHeal) await healSoon(target, context)
  } catch (thrown) {
    if (signal.aborted) return
    round.unreachable = true
    const error = toVarTrackError(thrown)
    await context.state.putStatus(target, { state: 'unreachable', checkedAt: new Date().toISOString() })
    context.log.warn({ datasource: target.datasource, code: error.code }, `cannot be checked: ${error.message}`)
  }
}

async function healSoon(target: Target, context: WatcherContext): Promise<void> {
  const { datasource, location, source } = target
  await context.producer.add('heal', { correlation: randomUUID(), datasource, location, source })
}
