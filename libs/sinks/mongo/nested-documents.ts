import type { Collection, Filter } from 'mongodb'
import { flatten, type NestedValues, type Written } from './nested-values.js'
import type { Place } from './place.js'
import type { Stamp } from './stamp.js'
import { isMap } from './tree.js'

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

/** As varTrack writes it. */
export type StampedDocument = NestedDocument & Required<Pick<NestedDocument, 'data' | '_vt'>>

/** A document without what is in it. */
export type Identity = Pick<NestedDocument, '_id' | '_vt_env' | '_vt_file_path'>

/** A document and the values in it that count. */
export interface Loaded {
  readonly document: NestedDocument
  readonly values: NestedValues
}

export function nestedAt({ database, location }: Place): Collection<NestedDocument> {
  return database.collection<NestedDocument>(location)
}

/** `document`: all keys of a location in one. `file`: a document per file of the repository. */
export type NestedKind = 'document' | 'file'

/** Other documents of a collection are somebody else's. */
const FILTERS: Readonly<Record<NestedKind, Filter<NestedDocument>>> = { document: { _id: 'config' }, file: { _vt_file_path: { $exists: true } } }

/** Every document of a location. */
export async function findNested(place: Place, kind: NestedKind): Promise<NestedDocument[]> {
  const documents = await nestedAt(place)
    .find(FILTERS[kind], { ...place.options, promoteValues: false })
    .toArray()
  return documents.filter((document) => isMap(document.data))
}

/** Documents with the values that count: what a write that does not count has put in is not seen. */
export function counting(documents: readonly NestedDocument[], uncommitted: ReadonlySet<Stamp>): Loaded[] {
  return documents.map((document) => ({ document, values: countingValues(document, uncommitted) }))
}

/** Where a key was before the last write of its document: an undo does not know the file any more. */
export function heldBefore({ document }: Loaded, key: string): boolean {
  const { _vt: kept } = document
  return kept?.before !== undefined && flatten(kept.before).has(key)
}

/** The document that follows one, with these values. */
export function following(previous: Loaded | undefined, identity: Identity, { data, written }: NestedValues, stamp: Stamp): StampedDocument {
  const before = previous && beforeOf(previous, stamp)
  return { ...identity, data, _vt: { stamp, revision: revisionOf(previous) + 1, written, ...(before ? { before } : {}) } }
}

/** Does it hold nothing, neither values nor fields that somebody added? */
export function isEmpty({ document, values }: Loaded): boolean {
  const { _id, _vt_env, _vt_file_path, data, _vt: kept, ...foreign } = document
  return kept !== undefined && flatten(values).size === 0 && Object.keys(foreign).length === 0 && Object.keys(data ?? {}).length === 0
}

/** The revision of a document; 0 when it is not there or somebody else's. */
export function revisionOf(loaded: Loaded | undefined): number {
  const { _vt: kept } = loaded?.document ?? {}
  return kept?.revision.valueOf() ?? 0
}

function countingValues({ _vt: kept, data = {} }: NestedDocument, uncommitted: ReadonlySet<Stamp>): NestedValues {
  if (kept && uncommitted.has(kept.stamp)) return kept.before ?? { data: {}, written: [] }
  return { data, written: kept?.written ?? [] }
}

/** A write that runs again leaves what was there before its first run. */
function beforeOf({ document, values }: Loaded, stamp: Stamp): NestedValues | undefined {
  const { _vt: kept } = document
  return kept?.stamp === stamp ? kept.before : values
}
