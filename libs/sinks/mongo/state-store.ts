import { storeError } from '@vartrack/sink-kit'
import type { Collection, Db } from 'mongodb'
import { isDuplicate } from './errors.js'
import { LocationState } from './state.js'

interface StateDocument {
  readonly _id: string
  readonly revision: number
  /** JSON: field names in it would not all be allowed as field names of a document. */
  readonly state: string
}

/** A state as it was read; `revision` 0: there is none yet. */
export interface VersionedState {
  readonly state: LocationState
  readonly revision: number
}

/**
 * Reads what is kept about a location.
 * @throws VarTrackError `sink.wrong_type` when somebody wrote over it
 */
export async function readState(database: Db, location: string): Promise<VersionedState> {
  const document = await states(database).findOne({ _id: location })
  if (!document) return { state: { vartrack: 1, sources: [] }, revision: 0 }
  const parsed = LocationState.safeParse(parseJson(document.state))
  if (parsed.success) return { state: parsed.data, revision: document.revision }
  throw storeError('sink.wrong_type', "what _vartrack holds about it is not varTrack's", location)
}

/** Compare and set: false when somebody else has changed the state since it was read. */
export async function casState(database: Db, location: string, before: VersionedState, state: LocationState): Promise<boolean> {
  const document = { revision: before.revision + 1, state: JSON.stringify(state) }
  if (before.revision > 0) {
    const { matchedCount } = await states(database).updateOne({ _id: location, revision: before.revision }, { $set: document })
    return matchedCount === 1
  }
  try {
    await states(database).insertOne({ _id: location, ...document })
    return true
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
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
