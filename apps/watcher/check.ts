import { checkDrift, type DriftReport, journalsOf } from '@vartrack/engine'
import { VarTrackError } from '@vartrack/errors'
import type { Target } from '@vartrack/state'
import type { WatcherContext } from './context.js'

/**
 * Live against the ledger, for one target.
 * @throws VarTrackError from the store
 */
export function driftOf(target: Target, signal: AbortSignal, context: WatcherContext): Promise<DriftReport> {
  return context.sessions.use(target.datasource, (session, sink) => {
    const { datasource, location, source } = target
    const journals = journalsOf(context.journals, datasource)
    return checkDrift({ core: context.core, session, traits: sink.traits, signal, journals }, { location, source, extras: extrasOf(target) })
  })
}

/**
 * Like {@link driftOf}, but drift counts only if it is there while no writer of ours works at the destination: a write under way looks the same from outside.
 * @returns `undefined` when a writer is at work too long to wait for; the next poll looks again
 * @throws VarTrackError from the store
 */
export async function confirmedDriftOf(target: Target, signal: AbortSignal, context: WatcherContext): Promise<DriftReport | undefined> {
  const seen = await driftOf(target, signal, context)
  if (seen.state === 'in_sync') return seen
  try {
    return await context.exclusively(target, signal, (lockSignal) => driftOf(target, lockSignal, context))
  } catch (error) {
    if (error instanceof VarTrackError && error.code === 'lock.busy') return undefined
    throw error
  }
}

/** A key nobody owns is drift only where the prune covers all; where it covers the owned, it is told. */
function extrasOf(target: Target): 'ignore' | 'tell' | 'drift' {
  if (!target.prune.enabled) return 'ignore'
  return target.prune.scope === 'all' ? 'drift' : 'tell'
}
