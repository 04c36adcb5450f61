import { batches, type FrameRecord, recordCount, records, storeError, type WriteResult } from '@vartrack/sink-kit'
import type { AnyBulkWriteOperation, Filter } from 'mongodb'
import { documentsAt, FEW, type KeyDocument, named } from './documents.js'
import { isDuplicate } from './errors.js'
import { together } from './place.js'
import { changedBy, earlierThan, insertedBy, insertedByAny, isInsertOf, notLaterThan, type Stamp } from './stamp.js'
import type { Run } from './state.js'
import { BULK } from './traits.js'
import { storedValue } from './values.js'
import type { Writing } from './write.js'

/** What is known of a document before it is written. */
interface Present {
  readonly id: KeyDocument['_id']
  readonly stamp: Stamp | undefined
}

type Operation = AnyBulkWriteOperation<KeyDocument>

/** Bulks on their way at a time: while the server works on one, the next is made. */
const FLIGHTS = 2

/** Puts and deletes, in bulks; before each the fence is looked at. */
export async function writeDocuments(writing: Writing, changes: Buffer): Promise<WriteResult> {
  const isFew = recordCount(changes) <= FEW
  const look = () => presentDocuments(writing, changes, isFew)
  const [present] = isFew ? await together(writing, look, writing.check) : [await look()]
  const result = { put: 0, deleted: 0 }
  const left = batches(changes, BULK)
  let isChecked = isFew
  const fly = async (): Promise<void> => {
    for (const batch of left) {
      if (!isChecked) await writing.check()
      isChecked = false
      const { put, deleted } = await writeBulk(writing, batch, present)
      result.put += put
      result.deleted += deleted
    }
  }
  await allEnded(Array.from({ length: writing.options.session ? 1 : FLIGHTS }, fly))
  return result
}

/** Fails once all have ended: no bulk is on its way any more when somebody hears of the failure. The first that fails takes the batches that are left. */
async function allEnded(flights: readonly Promise<void>[]): Promise<void> {
  for (const ended of await Promise.allSettled(flights)) if (ended.status === 'rejected') throw ended.reason
}

/** Removes what overtaken writes have inserted and nobody else has touched. */
export async function removeOrphans(writing: Writing, overtaken: readonly Run[]): Promise<void> {
  await documentsAt(writing).deleteMany({ _vt: { $in: insertedByAny(writing.source, overtaken) } }, writing.options)
}

/** After this the overtaken writer's late updates and deletes find nothing that they may touch. */
export async function restamp(writing: Writing): Promise<void> {
  const { source, abandoned } = writing
  const filter = { _vt: earlierThan(source, writing, abandoned) }
  await documentsAt(writing).updateMany(filter, { $set: { _vt: changedBy(source, writing) } }, writing.options)
}

async function writeBulk(writing: Writing, batch: readonly FrameRecord[], present: ReadonlyMap<string, Present>): Promise<WriteResult> {
  const operations = batch.flatMap((record) => operationOf(writing, record, present.get(record.key.toString())) ?? [])
  let put = 0
  let deleted = 0
  for (const part of commands(operations, writing.updatesPerCommand)) {
    const result = await bulk(writing, part)
    if (result.matchedCount < updatesIn(part)) throw await lost(writing)
    put += result.insertedCount + result.matchedCount
    deleted += result.deletedCount
  }
  return { put, deleted }
}

/** Operations in parts with so many updates at most. */
function* commands(operations: readonly Operation[], updates: number): Generator<Operation[]> {
  let part: Operation[] = []
  let left = updates
  for (const operation of operations) {
    part.push(operation)
    if ('updateOne' in operation) left -= 1
    if (left > 0) continue
    yield part
    part = []
    left = updates
  }
  if (part.length > 0) yield part
}

function updatesIn(operations: readonly Operation[]): number {
  return operations.filter((operation) => 'updateOne' in operation).length
}

async function bulk(writing: Writing, operations: Operation[]) {
  try {
    return await documentsAt(writing).bulkWrite(operations, { ...writing.options, ordered: true })
  } catch (error) {
    throw isDuplicate(error) ? await lost(writing) : error
  }
}

/** A document appeared, went or was stamped in between: by a newer writer, which the fence tells, or by somebody's hand. */
async function lost(writing: Writing): Promise<Error> {
  if (!writing.options.session) await writing.check()
  return storeError('sink.unavailable', 'somebody changed the collection meanwhile', writing.location)
}

function operationOf(writing: Writing, record: FrameRecord, present: Present | undefined): Operation | undefined {
  if (record.op === 'delete') return present && { deleteOne: { filter: notNewer(writing, present.id) } }
  const key = record.key.toString()
  const stored = storedValue(record.type, record.value.toString())
  if (!present) return { insertOne: { document: { _id: key, key, ...stored, _vt: insertedBy(writing.source, writing) } } }
  const unset = stored.text === undefined ? { $unset: { text: true, type: true } as const } : {}
  return { updateOne: { filter: notNewer(writing, present.id), update: { $set: { key, ...stored, _vt: stampOver(writing, present) }, ...unset } } }
}

/** What an earlier run of this very write has inserted is still its insert. */
function stampOver(writing: Writing, { stamp }: Present): Stamp {
  const { source } = writing
  return isInsertOf(stamp, source, writing) ? insertedBy(source, writing) : changedBy(source, writing)
}

function notNewer(writing: Writing, id: KeyDocument['_id']): Filter<KeyDocument> {
  return { _id: id, _vt: notLaterThan(writing.source, writing) }
}

async function presentDocuments(writing: Writing, changes: Buffer, isFew: boolean): Promise<Map<string, Present>> {
  const filters: Filter<KeyDocument>[] = isFew ? named([...records(changes)].map(({ key }) => key.toString())) : [{}]
  const present = new Map<string, Present>()
  const options = { ...writing.options, projection: { _id: 1, key: 1, _vt: 1 }, batchSize: 10_000 }
  const found = await together<KeyDocument[][]>(writing, ...filters.map((filter) => () => documentsAt(writing).find(filter, options).toArray()))
  for (const { _id: id, key, _vt: stamp } of found.flat()) if (!present.has(key)) present.set(key, { id, stamp })
  return present
}
