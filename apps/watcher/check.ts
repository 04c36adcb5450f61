import { checkDrift, type DriftReport, journalsOf } from '@vartrack/engine'
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

/** A key nobody owns is drift only where the prune covers all; where it covers the owned, it is told. */
function extrasOf(target: Target): 'ignore' | 'tell' | 'drift' {
  if (!target.prune.enabled) return 'ignore'
  return target.prune.scope === 'all' ? 'drift' : 'tell'
}
