import type { Collection, Filter, ObjectId } from 'mongodb'
import type { Place } from './place.js'
import type { Stamp } from './stamp.js'

/** A key. Documents that varTrack makes have the key as `_id` too; those of others may not. */
export interface KeyDocument {
  readonly _id: string | ObjectId
  readonly key: string
  readonly value: unknown
  readonly type?: string
  readonly text?: string
  readonly _vt?: Stamp
}

/** Up to so many keys are looked up by name; for more the whole collection is read. */
export const FEW = 500

export function documentsAt({ database, location }: Place): Collection<KeyDocument> {
  return database.collection<KeyDocument>(location)
}

/** Documents of the named keys, by `_id` where varTrack made them and by `key` where somebody else did. */
export function named(keys: readonly string[]): Filter<KeyDocument>[] {
  return [{ _id: { $in: [...keys] } }, { _id: { $not: { $type: 'string' } }, key: { $in: [...keys] } }]
}
