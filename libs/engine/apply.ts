import type { DiffSummary, LoggedChange } from '@vartrack/core'
import type { Head, Standing } from '@vartrack/sink-kit'
import { refuseOlder } from './fence.js'
import { decodeJournal, encodeJournal, type Journal } from './journal.js'
import { rememberJournal } from './journal-cache.js'
import { emptyFrame } from './live.js'
import { type Prepared, prepare } from './prepare.js'
import { firstJournal, joined } from './repeated.js'
import { type ApplyRequest, type EngineContext, keepsUndo } from './request.js'
import { standingForWrite } from './restore.js'

/** How an apply ended. `unchanged`: the release was there already; at most the head moved. */
export interface ApplyReport {
  readonly state: 'written' | 'unchanged'
  readonly put: number
  readonly deleted: number
  readonly head: Head
  /** Null when nothing was compared. */
  readonly summary: DiffSummary | null
  /** Changes of entries that a schema wants told. */
  readonly logged: readonly LoggedChange[]
  /** What the source owns now; null when nothing was written. */
  readonly ledger: Buffer | null
}

/**
 * Brings a release to its destination: idempotent, fenced by generation, whole or refused as the sink's traits say.
 * @throws VarTrackError `fence.stale` when a newer generation is there, `sink.*` from the store
 */
export async function apply(context: EngineContext, request: ApplyRequest): Promise<ApplyReport> {
  const standing = await standingForWrite(context, request)
  const head = standing.heads.find((candidate) => candidate.source === request.source)
  refuseOlder(head, { ...request, digest: request.release.digest }, request.location)
  if (head && head.digest === request.release.digest && !request.repair) return moveHead(context, request, head, standing)
  const first = firstJournal(head, request.generation, standing)
  const asked = first?.undo ? { ...request, undo: true } : request
  return write(context, asked, await prepare(context, asked, standing.heads, false), { ...standing, first })
}

/** What a write goes by. */
interface Before extends Standing {
  /** Of an earlier run of this very write. */
  readonly first: Journal | null
}

/** The same release from a later commit: only the head moves, so that a write between the two is still refused. */
async function moveHead(context: EngineContext, request: ApplyRequest, head: Head, { seen }: Standing): Promise<ApplyReport> {
  const moved: Head = { ...head, ref: request.ref, environment: request.environment, generation: request.generation, commit: request.commit }
  const isRerun = head.generation === request.generation
  if (isRerun) await context.session.finish?.(request.location, context.signal)
  else
    await context.session.write(
      request.location,
      { changes: emptyFrame('changes'), head: moved, journal: null, expected: head, seen },
      context.signal,
    )
  return { state: 'unchanged', put: 0, deleted: 0, head: moved, summary: null, logged: [], ledger: null }
}

async function write(context: EngineContext, request: ApplyRequest, prepared: Prepared, standing: Before): Promise<ApplyReport> {
  const head = nextHead(request)
  const journal = journalToStore(context, request, prepared, standing)
  const written = await context.session.write(
    request.location,
    { changes: prepared.diff.changes, head, journal: encodeJournal(journal), expected: prepared.head ?? null, seen: standing.seen },
    context.signal,
  )
  rememberJournal(context, request.location, head, journal)
  const { summary, logged } = prepared.diff
  return { state: 'written', ...written, head, summary, logged, ledger: journal.ledger }
}

/**
 * Where one write is not visible at once, a run that was killed in the middle has left its journal: its undo is the true one, because live is
 * half written by now.
 */
function journalToStore(context: EngineContext, request: ApplyRequest, prepared: Prepared, { journal: left, first }: Before): Journal {
  if (left && context.traits.atomic === 'key' && prepared.head?.generation !== request.generation) return decodeJournal(left)
  const { diff, ledgerKey } = prepared
  const undo = keepsUndo(context, request) ? diff.undo : null
  const own = { ledgerKey, previous: prepared.head ?? null, ledger: diff.ledger, undo }
  return first ? joined(first, own, diff) : own
}

function nextHead(request: ApplyRequest): Head {
  return {
    source: request.source,
    ref: request.ref,
    environment: request.environment,
    generation: request.generation,
    commit: request.commit,
    digest: request.release.digest,
    journal: request.generation,
    entries: request.release.entries,
    writtenAt: new Date().toISOString(),
  }
}
