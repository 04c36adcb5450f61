import { setTimeout as pause } from 'node:timers/promises'
import { recordCount, storeError, type WriteRequest, type WriteResult } from '@vartrack/sink-kit'
import { type ClientSession, type MongoClient, MongoServerError } from 'mongodb'
import { LostRace } from './errors.js'
import type { Place } from './place.js'
import { sourceOf } from './state.js'
import type { VersionedState } from './state-store.js'
import { TRANSACTION } from './traits.js'
import type { WriteContext } from './write.js'

const ATTEMPTS = 20
/** The other transaction has to end first, and several that lost to it should not come back at once. */
const PAUSE_MS = { least: 20, most: 120 } as const
const COLLECTION_EXISTS = 48

/** What a write in a transaction needs beside what any write needs. */
export interface Transacting extends WriteContext {
  readonly client: MongoClient
  readonly known: VersionedState
}

/**
 * Is a write small enough for one transaction? What a larger one has left in the middle is not cleared away in a transaction either: it can be any number
 * of documents. A head that only moves needs none: it is one compare-and-set.
 */
export function fitsTransaction({ changes, journal, head }: WriteRequest, { state }: VersionedState): boolean {
  const { pending } = sourceOf(state, head.source)
  const bytes = changes.length + (journal?.length ?? 0)
  const isClear = pending === null || pending.generation === head.generation
  const isSmall = recordCount(changes) <= TRANSACTION.records && bytes <= TRANSACTION.bytes
  return isClear && isSmall && (journal !== null || recordCount(changes) > 0)
}

/**
 * Runs a write in a transaction: all its steps, in the same order, become visible at once. Nothing is tried again but the compare-and-set of the state,
 * which here can be lost to a writer that has not committed yet.
 * @throws VarTrackError `fence.*`, `sink.unavailable` when the transaction was broken off; the driver's error when it is not known whether it was committed
 */
export async function inTransaction(
  place: Place,
  { client, known, seen, stop }: Transacting,
  write: (place: Place, context: WriteContext) => Promise<WriteResult>,
): Promise<WriteResult> {
  if (known.revision === 0) await createCollections(place)
  const session = client.startSession()
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const context = { known: attempt === 0 ? known : undefined, seen, stop }
      const result = await attemptOnce(session, stop, () => write({ ...place, options: { session } }, context))
      if (result) return result
      await pause(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least))
    }
  } finally {
    await session.endSession()
  }
  throw storeError('sink.unavailable', 'other writers kept changing the head', place.location)
}

/** @returns undefined when the compare-and-set was lost */
async function attemptOnce(session: ClientSession, stop: () => void, write: () => Promise<WriteResult>): Promise<WriteResult | undefined> {
  session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } })
  try {
    const result = await write()
    stop()
    await session.commitTransaction()
    return result
  } catch (error) {
    if (session.inTransaction()) await abortQuietly(session)
    if (error instanceof LostRace) return undefined
    throw error
  }
}

/** What went wrong was told already; the server ends a transaction that nobody commits by itself. */
async function abortQuietly(session: ClientSession): Promise<void> {
  try {
    await session.abortTransaction()
  } catch {
    return
  }
}

/** Not every server makes a collection within a transaction. */
async function createCollections({ database, location }: Place): Promise<void> {
  for (const name of ['_vartrack', '_vartrack_journals', location]) {
    try {
      await database.createCollection(name)
    } catch (error) {
      if (!(error instanceof MongoServerError && error.code === COLLECTION_EXISTS)) throw error
    }
  }
}
