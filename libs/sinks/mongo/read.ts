import { FrameWriter } from '@vartrack/sink-kit'
import type { Db, Filter } from 'mongodb'
import { documentsAt, FEW, isOrphan, type KeyDocument, named } from './documents.js'
import type { LocationState } from './state.js'
import { readState } from './state-store.js'
import { entryOf } from './values.js'

/** The documents of a location as a live frame. What a write that never became valid has inserted is not there. */
export async function readDocuments(database: Db, location: string, keys: 'all' | readonly string[]): Promise<Buffer> {
  const { state } = await readState(database, location)
  const isFew = keys !== 'all' && keys.length <= FEW
  const filters = isFew ? named(keys) : [{}]
  const wanted = keys === 'all' || isFew ? undefined : new Set(keys)
  const frame = new FrameWriter('live', 64 * 1024)
  const seen = new Set<string>()
  for (const filter of filters) await readSome(database, location, filter, (document) => add(frame, document, state, wanted, seen))
  return frame.finish()
}

async function readSome(database: Db, location: string, filter: Filter<KeyDocument>, visit: (document: KeyDocument) => void): Promise<void> {
  const cursor = documentsAt(database, location).find(filter, { promoteValues: false, batchSize: 10_000 })
  for await (const document of cursor) visit(document)
}

function add(frame: FrameWriter, document: KeyDocument, state: LocationState, wanted: ReadonlySet<string> | undefined, seen: Set<string>): void {
  const { key, _vt: stamp } = document
  if (typeof key !== 'string' || seen.has(key) || (wanted && !wanted.has(key)) || isOrphan(stamp, state)) return
  seen.add(key)
  const { type, text } = entryOf(document)
  frame.add(key, text, type)
}
