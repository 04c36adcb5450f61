import { storeError } from '@vartrack/sink-kit'
import type { Collection, Db } from 'mongodb'
import { isDuplicate, isWriteConflict, LostRace } from './errors.js'
import type { Place } from './place.js'
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
const SWEPT_EVERY = KEPT / 2
const REVISION_DIGITS = 12

/**
 * Reads what is kept about a location.
 * @throws VarTrackError `sink.wrong_type` when somebody wrote over it
 */
export async function readState(place: Place): Promise<VersionedState> {
  const newest = await newestState(place)
  if (!newest) return { state: { vartrack: 1, sources: [] }, revision: 0 }
  const parsed = LocationState.safeParse(parseJson(newest.state))
  if (parsed.success) return { state: parsed.data, revision: newest.revision }
  throw storeError('sink.wrong_type', "what _vartrack holds about it is not varTrack's", place.location)
}

/**
 * Compare and set: undefined when somebody else has changed the state since it was read, however long ago that was. Each revision is a document of its
 * own, because a unique `_id` is the one thing that all servers decide atomically: of twenty simultaneous updates of one document FerretDB 1.24 let up to
 * twenty win.
 */
export async function casState(place: Place, before: VersionedState, state: LocationState): Promise<VersionedState | undefined> {
  const after = await enterState(place, before, state)
  return after && (await isStillRecent(place, after.revision)) ? after : undefined
}

/**
 * The first half of {@link casState}. A state that is entered counts once it, or one that came from it, is seen to be the newest: a slow writer may have
 * entered a revision that had come and gone.
 * @throws LostRace in a transaction, which is over with that
 */
export async function enterState(place: Place, before: VersionedState, state: LocationState): Promise<VersionedState | undefined> {
  const { database, location, options } = place
  const revision = before.revision + 1
  try {
    await states(database).insertOne({ _id: idOf(location, revision), location, revision, state: JSON.stringify(state) }, options)
    return { state, revision }
  } catch (error) {
    const isLost = isDuplicate(error) || (options.session !== undefined && isWriteConflict(error))
    if (!isLost) throw error
    if (options.session) throw new LostRace()
    return undefined
  }
}

/** Removes revisions that are no longer needed, every few of them. @param from revision before the changes of a writer, @param to after them */
export async function sweepStates({ database, location, options }: Place, from: number, to: number): Promise<void> {
  const isDue = Math.floor(from / SWEPT_EVERY) < Math.floor(to / SWEPT_EVERY)
  if (isDue) await states(database).deleteMany({ _id: { $gt: `${location}\n`, $lte: idOf(location, to - KEPT) } }, options)
}

async function isStillRecent(place: Place, revision: number): Promise<boolean> {
  const newest = await newestState(place)
  if (!newest || newest.revision - revision < KEPT) return true
  await states(place.database).deleteOne({ _id: idOf(place.location, revision) }, place.options)
  return false
}

async function newestState({ database, location, options }: Place): Promise<StateDocument | undefined> {
  const [newest] = await states(database).find(revisionsOf(location), options).sort({ _id: -1 }).limit(1).toArray()
  return newest
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
