import type { Head, Standing } from '@vartrack/sink-kit'
import { encodeJournal, type Journal, journalOf, readableJournal } from './journal.js'
import { emptyFrame } from './live.js'
import type { EngineContext } from './request.js'

/** Which write to undo. */
export interface RestoreRequest {
  readonly location: string
  readonly source: string
  /** The generation that wrote; its undo is written with the next one (decision 001). */
  readonly generation: number
  /** The write may still be on its way: where nothing of it is there, the head is moved, so that nothing arrives any more. */
  readonly mayArrive?: boolean
}

/** `superseded`: something newer is there and stays. `nothing`: that write never arrived. `impossible`: what was there before is not known any more. */
export type RestoreOutcome = 'restored' | 'superseded' | 'nothing' | 'impossible'

/** Generations begin at 1. */
const NO_JOURNAL = 0

/**
 * Puts back what a write replaced: values, not absence. Safe to run twice.
 * @throws VarTrackError from the sink
 */
export async function restore(context: EngineContext, request: RestoreRequest): Promise<RestoreOutcome> {
  const { location, source, generation } = request
  const standing = await context.session.standing(location, source, generation, context.signal)
  const head = standing.heads.find((candidate) => candidate.source === source)
  if (!head || head.generation < generation) return restoreHalf(context, request, head, standing)
  if (head.generation > request.generation + 1) return 'superseded'
  if (head.generation > request.generation) {
    if (head.journal !== head.generation) return 'nothing'
    await context.session.finish?.(request.location, context.signal)
    return 'restored'
  }
  if (head.journal !== request.generation) return 'nothing'
  return writeBack(context, request, head, standing)
}

/**
 * Looks at a location before a write. Undoes what a writer that died has left in the middle, where one write is not visible at once: whoever writes next
 * would otherwise build upon halves, and its own undo would bring them back. A writer that is only slow is overtaken by this as by the write that follows.
 * @param generation of the write that is to follow; what belongs to it, or to a later one, stays
 */
export async function standingForWrite(context: EngineContext, { location, source, generation }: RestoreRequest): Promise<Standing> {
  const look = () => context.session.standing(location, source, generation, context.signal)
  const standing = await look()
  const { begun } = standing
  if (!begun || begun.generation >= generation) return standing
  await restore(context, { location, source, generation: readableJournal(begun.journal)?.undoes ?? begun.generation })
  return look()
}

/** Where one write is not visible at once, one that ended in the middle has left values and its journal, but no head. */
async function restoreHalf(context: EngineContext, request: RestoreRequest, head: Head | undefined, standing: Standing): Promise<RestoreOutcome> {
  if (context.traits.atomic === 'key' && standing.journal) return writeBack(context, request, head, standing)
  if (request.mayArrive) await fenceOff(context, request, head, standing)
  return 'nothing'
}

/** Moves the head to the generation of the undo. It goes on naming the journal of the head before, by which it is known for what it is. */
async function fenceOff(context: EngineContext, request: RestoreRequest, head: Head | undefined, { seen }: Standing): Promise<void> {
  const moved: Head = { ...headBefore(request, head, head ?? null), journal: head?.journal ?? NO_JOURNAL }
  const write = { changes: emptyFrame('changes'), head: moved, journal: null, expected: head ?? null, seen }
  await context.session.write(request.location, write, context.signal)
}

async function writeBack(
  context: EngineContext,
  request: RestoreRequest,
  head: Head | undefined,
  standing: Standing,
): Promise<'restored' | 'impossible'> {
  const journal = readableJournal(standing.journal)
  if (!journal?.undo) return 'impossible'
  const ledger = await previousLedger(context, request.location, journal)
  const restored = headBefore(request, head, journal.previous)
  const own = { ledgerKey: journal.ledgerKey, previous: head ?? null, ledger, undo: emptyFrame('changes'), undoes: request.generation }
  const write = { changes: journal.undo, head: restored, journal: encodeJournal(own), expected: head ?? null, seen: standing.seen }
  await context.session.write(request.location, write, context.signal)
  return 'restored'
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
