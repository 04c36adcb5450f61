import type { DriftEntry } from '@vartrack/core'
import type { Head } from '@vartrack/sink-kit'
import { findJournal } from './journal-cache.js'
import { foreignLedgers } from './live.js'
import type { EngineContext } from './request.js'

/** Live against the ledger. */
export interface DriftReport {
  /** `lost`: the head or its journal is gone, so that nothing there can be vouched for. */
  readonly state: 'in_sync' | 'drifted' | 'lost'
  readonly head: Head | undefined
  /** The first 100, by key. */
  readonly entries: readonly DriftEntry[]
  readonly summary: { readonly changed: number; readonly missing: number; readonly extra: number; readonly same: number }
}

/** What to compare. */
export interface DriftRequest {
  readonly location: string
  readonly source: string
  /** Keys that nobody owns: not looked for, told, or told and counted as drift. */
  readonly extras: 'ignore' | 'tell' | 'drift'
}

/**
 * Reads what a source declared at a destination and compares it with the ledger that lies there.
 * @throws VarTrackError from the sink's reading
 */
export async function checkDrift(context: EngineContext, request: DriftRequest): Promise<DriftReport> {
  const heads = await context.session.heads(request.location, context.signal)
  const head = heads.find((candidate) => candidate.source === request.source)
  const journal = await findJournal(context, request.location, head)
  if (!head || !journal) return { state: 'lost', head, entries: [], summary: { changed: 0, missing: 0, extra: 0, same: 0 } }
  const all = request.extras !== 'ignore'
  const keys = all ? 'all' : await context.core.ledgerKeys(journal.ledger)
  const live = await context.session.read(request.location, keys, context.signal)
  const foreign = all ? await foreignLedgers(context, request.location, heads, request.source) : []
  const drift = await context.core.drift(journal.ledger, live, journal.ledgerKey, foreign)
  const { changed, missing, extra } = drift.summary
  const differing = changed + missing + (request.extras === 'drift' ? extra : 0)
  return { state: differing > 0 ? 'drifted' : 'in_sync', head, ...drift }
}
