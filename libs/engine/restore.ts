import type { Head } from '@vartrack/sink-kit'
import { decodeJournal, encodeJournal, type Journal, journalOf } from './journal.js'
import { emptyFrame } from './live.js'
import type { EngineContext } from './request.js'

/** Which write to undo. */
export interface RestoreRequest {
  readonly location: string
  readonly source: string
  /** The generation that wrote; its undo is written with the next one (decision 001). */
  readonly generation: number
}

/** `superseded`: something newer is there and stays. `nothing`: that write never arrived. `impossible`: what was there before is not known any more. */
export type RestoreOutcome = 'restored' | 'superseded' | 'nothing' | 'impossible'

/**
 * Puts back what a write replaced: values, not absence. Safe to run twice.
 * @throws VarTrackError from the sink
 */
export async function restore(context: EngineContext, request: RestoreRequest): Promise<RestoreOutcome> {
  const heads = await context.session.heads(request.location, context.signal)
  const head = heads.find((candidate) => candidate.source === request.source)
  if (!head || head.generation < request.generation) return restoreHalf(context, request, head)
  if (head.generation === request.generation + 1) return 'restored'
  if (head.generation > request.generation) return 'superseded'
  if (head.journal !== request.generation) return 'nothing'
  const journal = await journalOf(context.session, request.location, head, context.signal)
  if (!journal) return 'impossible'
  await writeBack(context, request, head, journal)
  return 'restored'
}

/** Where one write is not visible at once, one that ended in the middle has left values and its journal, but no head. */
async function restoreHalf(context: EngineContext, request: RestoreRequest, head: Head | undefined): Promise<RestoreOutcome> {
  if (context.traits.atomic === 'destination') return 'nothing'
  const bytes = await context.session.journal(request.location, request.source, request.generation, context.signal)
  if (!bytes) return 'nothing'
  await writeBack(context, request, head, decodeJournal(bytes))
  return 'restored'
}

async function writeBack(context: EngineContext, request: RestoreRequest, head: Head | undefined, journal: Journal): Promise<void> {
  const ledger = await previousLedger(context, request.location, journal)
  const restored = headBefore(request, head, journal.previous)
  const bytes = encodeJournal({ ledgerKey: journal.ledgerKey, previous: head ?? null, ledger, undo: emptyFrame('changes') })
  const write = { changes: journal.undo, head: restored, journal: bytes, expected: head ?? null }
  await context.session.write(request.location, write, context.signal)
}

async function previousLedger(context: EngineContext, location: string, journal: Journal): Promise<Buffer> {
  const before = await journalOf(context.session, location, journal.previous ?? undefined, context.signal)
  return before?.ledger ?? context.core.ledger(emptyFrame('release'), journal.ledgerKey)
}

/** The head as it was, under a generation of its own: newer than the write it undoes, older than any later push. */
function headBefore({ source, generation: undone }: RestoreRequest, head: Head | undefined, previous: Head | null): Head {
  const generation = undone + 1
  const content = previous ?? { source, ref: head?.ref ?? '', environment: head?.environment ?? '', commit: '', digest: '', entries: 0 }
  return { ...content, generation, journal: generation, writtenAt: new Date().toISOString() }
}
