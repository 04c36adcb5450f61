import { FrameWriter } from '@vartrack/sink-kit'
import { BSON, type FindCursor } from 'mongodb'
import { documentsAt, FEW, named } from './documents.js'
import type { Place } from './place.js'
import { plainDocument } from './plain-document.js'
import { orphanStamps, type Stamp } from './stamp.js'
import { readState } from './state-store.js'
import { entryOf } from './values.js'

/** The documents of a location as a live frame. What a write that never became valid has inserted is not there. */
export async function readDocuments(place: Place, keys: 'all' | readonly string[]): Promise<Buffer> {
  const isFew = keys !== 'all' && keys.length <= FEW
  const wanted = keys === 'all' || isFew ? undefined : new Set(keys)
  const cursors = (isFew ? named(keys) : [{}]).map((filter) => documentsAt(place).find(filter, { raw: true, batchSize: 10_000 }))
  const [{ state }] = await Promise.all([readState(place), ...cursors.map((cursor) => cursor.hasNext())])
  const collected: Collected = { frame: new FrameWriter('live', 64 * 1024), orphans: orphanStamps(state), wanted, seen: new Set() }
  for (const cursor of cursors) await collect(cursor, collected)
  return collected.frame.finish()
}

interface Collected {
  readonly frame: FrameWriter
  readonly orphans: ReadonlySet<Stamp>
  readonly wanted: ReadonlySet<string> | undefined
  readonly seen: Set<string>
}

async function collect(cursor: FindCursor<unknown>, collected: Collected): Promise<void> {
  while (await cursor.hasNext()) {
    for (const document of cursor.readBufferedDocuments() as unknown as Uint8Array[]) add(asBuffer(document), collected)
  }
}

function add(bytes: Buffer, collected: Collected): void {
  const plain = plainDocument(bytes)
  if (!plain) return addDecoded(BSON.deserialize(bytes, { promoteValues: false }), collected)
  if (counts(plain.key.toString(), plain.stamp?.toString(), collected)) collected.frame.add(plain.key, plain.value, 'string')
}

function addDecoded(document: BSON.Document, collected: Collected): void {
  const { key, _vt: stamp } = document
  if (typeof key !== 'string' || !counts(key, stamp, collected)) return
  const { type, text } = entryOf(document)
  collected.frame.add(key, text, type)
}

function counts(key: string, stamp: unknown, { orphans, wanted, seen }: Collected): boolean {
  if (seen.has(key) || (wanted && !wanted.has(key)) || (orphans.size > 0 && orphans.has(String(stamp)))) return false
  seen.add(key)
  return true
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
