import { storeError } from '@vartrack/sink-kit'
import type { Collection, Db } from 'mongodb'
import { isDuplicate } from './errors.js'
import { LocationState } from './state.js'

interface StateDocument {
  /** Location, line feed, revision with leading zeros: the newest is found by the index every collection has. */
  readonly _id: string
  readonly location: string
  readonly revision: number
  /** JSON: field names in it would not all be allowed as field names of a document. */
  readonly state: string
}

/** A state as it was read; `revision` 0: there is none yet. */
export interface VersionedState {
  readonly state: LocationState
  readonly revision: number
}

/** So many revisions stay: a writer that has read an older one has lost, whatever its insert says. */
const KEPT = 8
const REVISION_DIGITS = 12

/**
 * Reads what is kept about a location.
 * @throws VarTrackError `sink.wrong_type` when somebody wrote over it
 */
export async function readState(database: Db, location: string): Promise<VersionedState> {
  const [newest] = await states(database).find(revisionsOf(location)).sort({ _id: -1 }).limit(1).toArray()
  if (!newest) return { state: { vartrack: 1, sources: [] }, revision: 0 }
  const parsed = LocationState.safeParse(parseJson(newest.state))
  if (parsed.success) return { state: parsed.data, revision: newest.revision }
  throw storeError('sink.wrong_type', "what _vartrack holds about it is not varTrack's", location)
}

/**
 * Compare and set: false when somebody else has changed the state since it was read. Each revision is a document of its own, because a unique `_id` is
 * the one thing that all servers decide atomically: of twenty simultaneous updates of one document FerretDB 1.24 let up to twenty win.
 */
export async function casState(database: Db, location: string, before: VersionedState, state: LocationState): Promise<boolean> {
  const revision = before.revision + 1
  try {
    await states(database).insertOne({ _id: idOf(location, revision), location, revision, state: JSON.stringify(state) })
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
  return isStillRecent(database, location, revision)
}

/** A slow writer may have inserted a revision that had come and gone: it does not count. */
async function isStillRecent(database: Db, location: string, revision: number): Promise<boolean> {
  const [newest] = await states(database).find(revisionsOf(location)).sort({ _id: -1 }).limit(1).toArray()
  if (newest && newest.revision - revision >= KEPT) {
    await states(database).deleteOne({ _id: idOf(location, revision) })
    return false
  }
  if (revision % (KEPT / 2) === 0) await states(database).deleteMany({ _id: { $gt: `${location}\n`, $lte: idOf(location, revision - KEPT) } })
  return true
}

function revisionsOf(location: string) {
  return { _id: { $gt: `${location}\n`, $lt: `${location}\n:` } }
}

function idOf(location: string, revision: number): string {
  return `${location}\n${String(Math.max(revision, 0)).padStart(REVISION_DIGITS, '0')}`
}

function states(database: Db): Collection<StateDocument> {
  return database.collection<StateDocument>('_vartrack')
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined
  }
}
