import type { Head, Standing } from '@vartrack/sink-kit'
import { encodeJournal, type Journal, journalOf, readableJournal } from './journal.js'
import { emptyFrame } from './live.js'
import { overlaid } from './repeated.js'
import type { EngineContext } from './request.js'

/** Which write to undo. */
export interface RestoreRequest {
  readonly location: string
  readonly source: string
  /** The generation that wrote; its undo is written with the next one (decision 001). */
  readonly generation: number
  /** The write may still be on its way: where nothing of it is there, the head is moved, so that nothing arrives any more. */
  readonly mayArrive?: boolean
  readonly below?: Below
}

/** What is known of the writes below the one that is undone: its undo brings back what another change set had put there, which may have failed as well. */
export interface Below {
  /** Is the write of a generation to be undone, too? */
  readonly isUndone: (generation: number) => Promise<boolean>
  /** The release of a digest, if it is known still: its ledger stands in for one that the destination has dropped. */
  readonly release: (digest: string) => Promise<Buffer | undefined>
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
  return head.journal === request.generation ? writeBack(context, request, head, standing) : writeBackBelow(context, request, head, standing)
}

/** It has moved the head only; what stands there is of a write before it. */
async function writeBackBelow(context: EngineContext, request: RestoreRequest, head: Head, standing: Standing): Promise<RestoreOutcome> {
  if (!(await request.below?.isUndone(head.journal))) return 'nothing'
  const journal = await context.session.journal(request.location, request.source, head.journal, context.signal)
  if (!readableJournal(journal)?.undo) return 'nothing'
  return writeBack(context, request, head, { ...standing, journal })
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
  if (!request.mayArrive) return 'nothing'
  const ended = head ? await writeBackBelow(context, request, head, standing) : 'nothing'
  if (ended === 'nothing') await fenceOff(context, request, head, standing)
  return ended
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
  const newest = readableJournal(standing.journal)
  if (!newest?.undo) return 'impossible'
  const { changes, ledger, ledgerKey, previous } = await whatWasBefore(context, request, { ...newest, undo: newest.undo })
  const restored = headBefore(request, head, previous)
  const own = { ledgerKey, previous: head ?? null, ledger, undo: emptyFrame('changes'), undoes: request.generation }
  const write = { changes, head: restored, journal: encodeJournal(own), expected: head ?? null, seen: standing.seen }
  await context.session.write(request.location, write, context.signal)
  return 'restored'
}

/** What a write replaced; below one that is undone along, what that replaced. */
interface WasBefore extends Pick<Journal, 'previous' | 'ledger' | 'ledgerKey'> {
  readonly changes: Buffer
}

async function whatWasBefore(context: EngineContext, request: RestoreRequest, { undo, ...journal }: Journal & { undo: Buffer }): Promise<WasBefore> {
  const { previous, ledgerKey } = journal
  const below = await journalBelow(context, request, previous)
  const ledger = below?.undo ? await ledgerBefore(context, request, below) : undefined
  if (below?.undo && ledger) return { changes: overlaid(undo, below.undo), ledger, ledgerKey, previous: below.previous }
  const own = (await ledgerBefore(context, request, journal)) ?? (await context.core.ledger(emptyFrame('release'), ledgerKey))
  return { changes: undo, ledger: own, ledgerKey, previous }
}

/** Of a head that only moved nobody knows which change sets it has seen. */
async function journalBelow(context: EngineContext, { location, below }: RestoreRequest, previous: Head | null): Promise<Journal | null> {
  if (!previous || previous.generation !== previous.journal || !(await below?.isUndone(previous.generation))) return null
  return journalOf(context.session, location, previous, context.signal)
}

/** @returns undefined when what was owned before is not known any more */
async function ledgerBefore(
  { core, session, signal }: EngineContext,
  { location, below }: RestoreRequest,
  { previous, ledgerKey }: Pick<Journal, 'previous' | 'ledgerKey'>,
): Promise<Buffer | undefined> {
  if (!previous) return core.ledger(emptyFrame('release'), ledgerKey)
  const before = await journalOf(session, location, previous, signal)
  const release = before ? undefined : await below?.release(previous.digest)
  return before?.ledger ?? (release && core.ledger(release, ledgerKey))
}

/** The head as it was, under a generation of its own: newer than the write it undoes, older than any later push. */
function headBefore({ source, generation: undone }: RestoreRequest, head: Head | undefined, previous: Head | null): Head {
  const generation = undone + 1
  const content = previous ?? { source, ref: head?.ref ?? '', environment: head?.environment ?? '', commit: '', digest: '', entries: 0 }
  return { ...content, generation, journal: generation, writtenAt: new Date().toISOString() }
}
