import type { DriftReport } from '@vartrack/engine'
import { records } from '@vartrack/sink-kit'
import type { Target } from '@vartrack/state'
import type { WatcherContext } from './context.js'

/** Keys named in one log line. */
const SHOWN = 20

/** Tells how a check ended: one line, a counter, and the destination's state. */
export async function reportDrift(target: Target, report: DriftReport, context: WatcherContext): Promise<void> {
  const { datasource, location } = target
  const status = await context.state.status(target)
  const { same: _same, ...drift } = report.summary
  const found = report.state === 'in_sync' ? 'in_sync' : 'drifted'
  // What a failed change set left there agrees with its own ledger; only the next write ends it.
  const state = status?.state === 'degraded' ? 'degraded' : found
  await context.state.putStatus(target, { ...status, state, checkedAt: new Date().toISOString(), drift })
  if (report.state === 'in_sync') return context.log.info({ datasource, location, ...report.summary }, 'no drift')
  context.metrics.drift(datasource)
  if (report.state === 'lost') return context.log.warn({ datasource, location }, 'drift: what varTrack keeps at the destination is gone')
  const expected = await expectedValues(target, report, context)
  const entries = report.entries.slice(0, SHOWN).map((entry) => ({ ...entry, expected: expected.get(entry.key) }))
  context.log.warn({ datasource, location, ...drift, entries }, `drift: ${entries.map((entry) => `${entry.key} ${entry.kind}`).join(', ')}`)
}

/** What Git says of the drifted keys, from the stored release; absent when Redis lost it. */
async function expectedValues(target: Target, report: DriftReport, context: WatcherContext): Promise<Map<string, string>> {
  const frame = report.head && (await context.state.release(report.head.digest))
  const wanted = new Set(report.entries.slice(0, SHOWN).map((entry) => entry.key))
  const expected = new Map<string, string>()
  if (!frame) return expected
  for (const record of records(frame)) {
    const key = record.key.toString('utf8')
    if (wanted.has(key)) expected.set(key, record.secret ? '***' : record.value.toString('utf8'))
  }
  return expected
}
