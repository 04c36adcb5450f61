import { randomUUID } from 'node:crypto'
import { checkFence, checkLimits, movedHead, recordCount, staleWrite, storeError, type WriteRequest, type WriteResult } from '@vartrack/sink-kit'
import type { Db } from 'mongodb'
import { storeJournal, sweepJournals } from './journals.js'
import type { Layout } from './layout.js'
import { begun, committed, type JournalName, type SourceState, sourceOf, withSource } from './state.js'
import { casState, readState } from './state-store.js'
import { limits } from './traits.js'

const ATTEMPTS = 20

/** A write of one source on its way. */
export interface Writing {
  readonly database: Db
  readonly location: string
  readonly source: string
  readonly generation: number
  readonly environment: string
  /** Tells this writer from every other. */
  readonly token: string
  /** Generations of this source that were overtaken. */
  readonly abandoned: readonly number[]
  /** @throws VarTrackError `fence.stale`, `fence.moved` when this writer may not go on; `sink.aborted` */
  readonly check: () => Promise<void>
}

/**
 * Writes the changes of one source without a transaction: the state of the location names the write first, then the documents follow, each guarded by its
 * stamp, then the head counts. A writer that was overtaken changes nothing any more; what it inserts late is recognised and removed.
 * @throws VarTrackError `fence.*`, `sink.*`
 */
export async function writeLocation(layout: Layout, database: Db, location: string, request: WriteRequest, check: () => void): Promise<WriteResult> {
  checkLimits(request.changes, limits, location)
  checkFence(request.expected, request.head, request.expected, location)
  if (recordCount(request.changes) === 0 && request.journal === null) return moveHead(database, location, request)
  const { head } = request
  const journal = request.journal && (await storeJournal(database, location, head.source, head.generation, request.journal))
  const token = randomUUID()
  const { before, now } = await begin(database, location, request, journal, token)
  const writing = writingOf(database, location, request, now, token, check)
  if (now.abandoned.length > 0) await layout.removeOrphans(writing)
  if (before.pending && before.pending.generation !== head.generation) await layout.restamp(writing)
  const result = await layout.write(writing, request.changes)
  await commit(database, location, request, token)
  return result
}

/** Only the head changes: one compare-and-set. */
async function moveHead(database: Db, location: string, request: WriteRequest): Promise<WriteResult> {
  await change(
    database,
    location,
    (source) => {
      refuse(source, request, location)
      return { ...committed(source, request.head, false), pending: source.pending }
    },
    request.head.source,
  )
  return { put: 0, deleted: 0 }
}

async function begin(database: Db, location: string, request: WriteRequest, journal: JournalName | null, token: string) {
  const { source, generation, digest } = request.head
  return change(
    database,
    location,
    (before) => {
      refuse(before, request, location)
      return begun(before, { generation, digest, token }, journal)
    },
    source,
  )
}

async function commit(database: Db, location: string, request: WriteRequest, token: string): Promise<void> {
  const { head } = request
  const { state } = await change(
    database,
    location,
    (before) => {
      refuseOvertaken(before, request, token, location)
      return committed(before, head, request.journal !== null)
    },
    head.source,
  )
  await sweepJournals(database, location, head.source, state)
}

function writingOf(database: Db, location: string, request: WriteRequest, now: SourceState, token: string, check: () => void): Writing {
  const { source, generation, environment } = request.head
  return {
    database,
    location,
    source,
    generation,
    environment,
    token,
    abandoned: now.abandoned,
    check: async () => {
      check()
      const { state } = await readState(database, location)
      refuseOvertaken(sourceOf(state, source), request, token, location)
    },
  }
}

/** Changes one source's part of a state, again whenever another source was quicker. */
async function change(database: Db, location: string, decide: (before: SourceState) => SourceState, source: string) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const versioned = await readState(database, location)
    const before = sourceOf(versioned.state, source)
    const now = decide(before)
    const state = withSource(versioned.state, now)
    if (await casState(database, location, versioned, state)) return { before, now, state }
  }
  throw storeError('sink.unavailable', 'other writers kept changing the head', location)
}

function refuse(before: SourceState, { head, expected }: WriteRequest, location: string): void {
  checkFence(before.head, head, expected, location)
  if (before.pending && before.pending.generation > head.generation) throw staleWrite(before.pending.generation, head, location)
}

function refuseOvertaken(now: SourceState, { head }: WriteRequest, token: string, location: string): void {
  if (now.pending?.token === token) return
  const there = Math.max(now.pending?.generation ?? 0, now.head?.generation ?? 0)
  throw there > head.generation ? staleWrite(there, head, location) : movedHead(head, location)
}
