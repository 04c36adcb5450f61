import { createHash, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import { type Begun, chunkBytes, type Head } from '@vartrack/sink-kit'
import { Binary, type Collection, type Db } from 'mongodb'
import type { Place } from './place.js'
import type { JournalName, LocationState, SourceState } from './state.js'

const CHUNK_BYTES = 8 * 1024 * 1024

interface ChunkDocument {
  readonly _id: string
  readonly owner: string
  readonly name: string
  /** Not in chunks of older versions. */
  readonly generation?: number
  readonly data: Binary
}

/** Stores a journal where no head names it yet. Its name is this write's alone, so that two writers never mix their chunks. */
export async function storeJournal(place: Place, source: string, generation: number, content: Buffer): Promise<JournalName> {
  const { database, location, options } = place
  const name = randomBytes(12).toString('hex')
  const pieces = chunkBytes(await promisify(deflateRaw)(content, { level: 1 }), CHUNK_BYTES)
  for (const [index, piece] of pieces.entries()) {
    const chunk = { _id: `${name}-${index}`, owner: ownerOf(location, source), name, generation, data: new Binary(piece) }
    await chunks(database).insertOne(chunk, options)
  }
  return { generation, name, chunks: pieces.length }
}

/** The journal that the write of a generation stored; null when there is none. */
export async function journalIn(place: Place, { journals }: SourceState, generation: number | undefined): Promise<Buffer | null> {
  const name = journals.find((one) => one.generation === generation)
  return name ? readJournal(place, name) : null
}

/** The write of a source that began and whose head does not count, when it can be undone. */
export async function begunIn(place: Place, own: SourceState): Promise<Begun | null> {
  const { head, pending } = own
  if (!pending || pending.generation === head?.generation) return null
  const journal = await journalIn(place, own, pending.generation)
  return journal && { generation: pending.generation, journal }
}

/** The content of a journal, or null when a chunk is gone. */
async function readJournal({ database }: Place, journal: JournalName): Promise<Buffer | null> {
  const pieces: Buffer[] = []
  for (let index = 0; index < journal.chunks; index++) {
    const chunk = await chunks(database).findOne({ _id: `${journal.name}-${index}` })
    if (!chunk) return null
    pieces.push(Buffer.from(chunk.data.buffer.subarray(0, chunk.data.position)))
  }
  return promisify(inflateRaw)(Buffer.concat(pieces))
}

/**
 * Removes the journals of a source that a write does not need: older ones that its state does not name, and those of writers that were killed. Those of its
 * own generation stay for the next to remove: another run of the same write may have named one meanwhile.
 */
export async function sweepJournals({ database, location, options }: Place, { source, generation }: Head, state: LocationState): Promise<void> {
  const named = state.sources.flatMap(({ journals }) => journals.map(({ name }) => name))
  const filter = { owner: ownerOf(location, source), name: { $nin: named }, generation: { $not: { $gte: generation } } }
  await chunks(database).deleteMany(filter, options)
}

function chunks(database: Db): Collection<ChunkDocument> {
  return database.collection<ChunkDocument>('_vartrack_journals')
}

function ownerOf(location: string, source: string): string {
  return createHash('sha256')
    .update(JSON.stringify([location, source]))
    .digest('hex')
    .slice(0, 24)
}
