import type { Collection, Db } from 'mongodb'
import { type Entries, flatten, type NestedValues, nest, type Written } from './nested-values.js'
import type { Stamp } from './stamp.js'

/** What varTrack keeps in a document of many keys. */
export interface NestedStamp {
  readonly stamp: Stamp
  /** Grows with every replacement: nobody replaces what they have not read. */
  readonly revision: number | { valueOf(): number }
  readonly written: readonly Written[]
  /** What was there before the write of the stamp, until the next: it is what counts as long as that write does not. */
  readonly before?: NestedValues
}

/** Many keys in one document: those of a location, or those of one file. */
export interface NestedDocument {
  readonly _id: string
  readonly _vt_env?: string
  readonly _vt_file_path?: string
  readonly data?: NestedValues['data']
  readonly _vt?: NestedStamp
}

/** A document without what is in it. */
export type Identity = Pick<NestedDocument, '_id' | '_vt_env' | '_vt_file_path'>

/** A document and the entries in it that count. */
export interface Loaded {
  readonly document: NestedDocument
  readonly entries: Entries
}

export function nestedAt(database: Db, location: string): Collection<NestedDocument> {
  return database.collection<NestedDocument>(location)
}

/** Every document of a location. What a write that does not count has put in is not seen. */
export async function loadNested(database: Db, location: string, uncommitted: ReadonlySet<Stamp>): Promise<Loaded[]> {
  const documents = await nestedAt(database, location).find({}, { promoteValues: false }).toArray()
  return documents
    .filter((document) => typeof document.data === 'object')
    .map((document) => ({ document, entries: countingEntries(document, uncommitted) }))
}

/** Where a key was before the last write of its document: an undo does not know the file any more. */
export function heldBefore({ document }: Loaded, key: string): boolean {
  return entriesBefore(document)?.has(key) === true
}

/** The document that follows one, with these entries. */
export function following(previous: Loaded | undefined, identity: Identity, entries: Entries, stamp: Stamp): NestedDocument {
  const { data, written } = nest(entries)
  const before = previous && beforeOf(previous, stamp)
  return { ...identity, data, _vt: { stamp, revision: revisionOf(previous) + 1, written, ...(before ? { before } : {}) } }
}

/** The revision of a document; 0 when it is not there or somebody else's. */
export function revisionOf(loaded: Loaded | undefined): number {
  const { _vt: kept } = loaded?.document ?? {}
  return kept?.revision.valueOf() ?? 0
}

function countingEntries(document: NestedDocument, uncommitted: ReadonlySet<Stamp>): Entries {
  const { _vt: kept, data = {} } = document
  if (kept && uncommitted.has(kept.stamp)) return entriesBefore(document) ?? new Map()
  return flatten({ data, written: kept?.written ?? [] })
}

/** A write that runs again leaves what was there before its first run. */
function beforeOf({ document, entries }: Loaded, stamp: Stamp): NestedValues | undefined {
  const { _vt: kept } = document
  return kept?.stamp === stamp ? kept.before : nest(entries)
}

function entriesBefore({ _vt: kept }: NestedDocument): Entries | undefined {
  return kept?.before && flatten(kept.before)
}
