import { randomUUID } from 'node:crypto'
import { checkFence, checkLimits, movedHead, recordCount, staleWrite, storeError, type WriteRequest, type WriteResult } from '@vartrack/sink-kit'
import { storeJournal, sweepJournals } from './journals.js'
import type { Layout } from './layout.js'
import { type Place, together } from './place.js'
import { abandonedIn, begun, committed, type JournalName, type Run, type SourceState, sourceOf, withSource } from './state.js'
import { casState, enterState, readState, sweepStates, type VersionedState } from './state-store.js'
import { limits } from './traits.js'

const ATTEMPTS = 20

/** A write of one source on its way. */
export interface Writing extends Place {
  readonly source: string
  readonly generation: number
  /** See {@link Run}. */
  readonly run: number
  readonly environment: string
  /** Tells this writer from every other. */
  readonly token: string
  /** Runs of this source that were overtaken. */
  readonly abandoned: readonly Run[]
  /** The state as this writer has seen or set it last: what it goes on from. */
  readonly seen: { last: VersionedState }
  /**
   * Reads the state.
   * @throws VarTrackError `fence.stale`, `fence.moved` when this writer may not go on; `sink.aborted`
   */
  readonly check: () => Promise<VersionedState>
}

/** What a write is given beside the request. */
export interface WriteContext {
  /** The state as it was read not long ago: the compare-and-set tells when it is not the newest any more. */
  readonly known: VersionedState | undefined
  /** What the caller's request was built upon; undefined when that is not known. */
  readonly seen: VersionedState | undefined
  /** @throws VarTrackError when the caller gave up */
  readonly stop: () => void
}

/**
 * Writes the changes of one source, with or without a transaction around it: the state of the location names the write first, then the documents follow, each guarded by its
 * stamp, then the head counts. A writer that was overtaken changes nothing any more; what it inserts late is recognised and removed.
 * @throws VarTrackError `fence.*`, `sink.*`
 */
export async function writeLocation(layout: Layout, place: Place, request: WriteRequest, context: WriteContext): Promise<WriteResult> {
  checkLimits(request.changes, limits, place.location)
  checkFence(request.expected, request.head, request.expected, place.location)
  if (await movesOnlyHead(place, request, context)) return moveHead(place, request, context)
  const { source, generation } = request.head
  const journal = request.journal && (await storeJournal(place, source, generation, request.journal))
  const token = randomUUID()
  const begin = await enter(place, request, journal, token, context)
  const writing = writingOf(place, request, begin, token, context)
  await clearAway(layout, writing, begin.before)
  const { state } = writing.seen.last
  const [result] = await together(
    writing,
    () => layout.write(writing, request.changes),
    () => sweepJournals(writing, request.head, state),
  )
  await commit(writing, request, begin.from.revision)
  return result
}

/** What overtaken writes have left goes, or is made safe from them. What an earlier run of this one has inserted is what it is to insert itself. */
async function clearAway(layout: Layout, writing: Writing, { pending }: SourceState): Promise<void> {
  const overtakes = pending !== null && (pending.generation !== writing.generation || layout.sharesDocuments)
  const orphaned = writing.abandoned.filter(({ generation }) => generation !== writing.generation)
  if (!overtakes && orphaned.length === 0) return
  await writing.check()
  if (orphaned.length > 0) await layout.removeOrphans(writing, orphaned)
  if (overtakes) await layout.restamp(writing)
}

/** A write that has begun is overtaken by a whole one, though it has nothing to write: it would commit, and put its head over this one. */
async function movesOnlyHead(place: Place, { changes, journal, head }: WriteRequest, { known }: WriteContext): Promise<boolean> {
  if (recordCount(changes) > 0 || journal !== null) return false
  const { state } = known ?? (await readState(place))
  return sourceOf(state, head.source).pending === null
}

/** Only the head changes: one compare-and-set. */
async function moveHead(place: Place, request: WriteRequest, { known, seen }: WriteContext): Promise<WriteResult> {
  const decide = (source: SourceState): SourceState => {
    refuse(source, request, seen, place.location)
    if (source.pending) throw movedHead(request.head, place.location)
    return committed(source, request.head, false)
  }
  const { from, to } = await change(place, request.head.source, decide, { known, set: casState })
  await sweepStates(place, from.revision, to.revision)
  return { put: 0, deleted: 0 }
}

/** The first look at the fence ({@link Writing.check}) tells whether it counts. */
async function enter(
  place: Place,
  request: WriteRequest,
  journal: JournalName | null,
  token: string,
  { known, seen }: WriteContext,
): Promise<Change> {
  const { source, generation, digest } = request.head
  const decide = (before: SourceState): SourceState => {
    refuse(before, request, seen, place.location)
    return begun(before, { generation, digest, token }, journal)
  }
  return change(place, source, decide, { known, set: enterState })
}

/** @param from the revision before this writer's first */
async function commit(writing: Writing, request: WriteRequest, from: number): Promise<void> {
  const decide = (before: SourceState): SourceState => {
    refuseOvertaken(before, request, writing)
    return committed(before, request.head, request.journal !== null)
  }
  const { to } = await change(writing, writing.source, decide, { known: writing.seen.last, set: casState })
  await sweepStates(writing, from, to.revision)
}

function writingOf(place: Place, request: WriteRequest, { now, to }: Change, token: string, { stop }: WriteContext): Writing {
  const { source, generation, environment } = request.head
  const seen = { last: to }
  const check = async () => {
    stop()
    seen.last = await readState(place)
    refuseOvertaken(sourceOf(seen.last.state, source), request, { location: place.location, token })
    return seen.last
  }
  const run = now.pending?.run ?? 0
  return { ...place, source, generation, run, environment, token, abandoned: abandonedIn(now), seen, check }
}

/** One source's part of a state before and after a change, and the whole states. */
interface Change {
  readonly before: SourceState
  readonly now: SourceState
  readonly from: VersionedState
  readonly to: VersionedState
}

/** From which state to go, and how the next is set. */
interface Setting {
  /** Read again when it turns out not to be the newest, also when it speaks against the change. */
  readonly known: VersionedState | undefined
  readonly set: typeof casState
}

/** Changes one source's part of a state, again whenever another source was quicker. */
async function change(place: Place, source: string, decide: (before: SourceState) => SourceState, { known, set }: Setting): Promise<Change> {
  const decideOn = (from: VersionedState) => {
    const before = sourceOf(from.state, source)
    return { from, before, now: decide(before) }
  }
  let decided = known && unlessRefused(() => decideOn(known))
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    decided ??= decideOn(await readState(place))
    const to = await set(place, decided.from, withSource(decided.from.state, decided.now))
    if (to) return { ...decided, to }
    decided = undefined
  }
  throw storeError('sink.unavailable', 'other writers kept changing the head', place.location)
}

/** A refusal counts only when the state is the newest. */
function unlessRefused<T>(decide: () => T): T | undefined {
  try {
    return decide()
  } catch {
    return undefined
  }
}

function refuse(before: SourceState, { head, expected }: WriteRequest, seen: VersionedState | undefined, location: string): void {
  checkFence(before.head, head, expected, location)
  if (before.pending && before.pending.generation > head.generation) throw staleWrite(before.pending.generation, head, location)
  if (seen && hasBegunSince(before, sourceOf(seen.state, head.source))) throw movedHead(head, location)
}

/** What the request was built upon may be half of that write: its undo would bring these halves back. */
function hasBegunSince(now: SourceState, seen: SourceState): boolean {
  return now.pending !== null && now.pending.token !== seen.pending?.token
}

function refuseOvertaken(now: SourceState, { head }: WriteRequest, { token, location }: Pick<Writing, 'token' | 'location'>): void {
  if (now.pending?.token === token) return
  const there = Math.max(now.pending?.generation ?? 0, now.head?.generation ?? 0)
  throw there > head.generation ? staleWrite(there, head, location) : movedHead(head, location)
}
