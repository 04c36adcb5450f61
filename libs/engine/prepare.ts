import type { Diff } from '@vartrack/core'
import { type Head, records } from '@vartrack/sink-kit'
import { refuseOlder } from './fence.js'
import { type Journal, newLedgerKey } from './journal.js'
import { findJournal } from './journal-cache.js'
import { emptyFrame, foreignLedgers, readLive } from './live.js'
import { type ApplyRequest, type EngineContext, keepsUndo, writeMode } from './request.js'

/** A destination as it was read, and what the release would change there. */
export interface Prepared {
  readonly head: Head | undefined
  readonly ledgerKey: Buffer
  /** Changes, and the ledger after them. */
  readonly diff: Diff
}

/**
 * Everything a write needs short of the write: fence, ledger, live state, diff. Apply and plan share it, so that a dry run walks the same way.
 * @throws VarTrackError `fence.*`, and whatever the sink's reading throws
 */
export async function prepare(context: EngineContext, request: ApplyRequest, heads: readonly Head[], report: boolean): Promise<Prepared> {
  const head = heads.find((candidate) => candidate.source === request.source)
  refuseOlder(head, { ...request, digest: request.release.digest }, request.location)
  const before = await findJournal(context, request.location, head)
  const ledgerKey = before?.ledgerKey ?? newLedgerKey()
  const diff = await diffAgainstLive(context, request, heads, before, ledgerKey, report)
  return { head, ledgerKey, diff }
}

async function diffAgainstLive(
  context: EngineContext,
  request: ApplyRequest,
  heads: readonly Head[],
  before: Journal | null,
  ledgerKey: Buffer,
  report: boolean,
): Promise<Diff> {
  const ledger = before?.ledger ?? Buffer.alloc(0)
  const all = request.prune.enabled && request.prune.scope === 'all'
  const undo = keepsUndo(context, request)
  const mustRead = all || report || undo || request.syncMode !== 'LIVE_STATE' || tellsChanges(request.release.frame)
  const live = mustRead ? await readLive(context, request.location, request.release.frame, ledger, all) : emptyFrame('live')
  const options = {
    mode: request.repair ? 'repair' : writeMode(request.syncMode, request.release.entries),
    prune: { ...request.prune, maxDelete: request.prune.maxDelete, approved: request.prune.approved ?? false },
    ledgerKey,
    undo,
    report,
  } as const
  const others = () => foreignLedgers(context, request.location, heads, request.source)
  const diff = await context.core.diff(request.release.frame, live, ledger, { ...options, foreign: all ? await others() : [] })
  if (all || !deletes(diff)) return diff
  const foreign = await others()
  return foreign.length === 0 ? diff : context.core.diff(request.release.frame, live, ledger, { ...options, foreign })
}

/** What the source gives up may have an owner by now who has written it already: pushes of different repositories are written in any order. */
function deletes({ summary }: Diff): boolean {
  return summary.deleted > 0 || summary.pruneStopped !== null
}

/** What is told with from and to has to be read first. */
function tellsChanges(release: Buffer): boolean {
  for (const { logged } of records(release)) if (logged) return true
  return false
}
