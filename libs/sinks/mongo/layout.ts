import type { WriteResult } from '@vartrack/sink-kit'
import type { Place } from './place.js'
import type { Writing } from './write.js'

/** How keys lie in documents; the order of a write and its fence are the same for all. */
export interface Layout {
  /** A live frame of what counts. */
  read(place: Place, keys: 'all' | readonly string[]): Promise<Buffer>
  /** Brings changes to the documents. Safe to run again. */
  write(writing: Writing, changes: Buffer): Promise<WriteResult>
  /** Removes what overtaken writes have inserted and nobody else has touched. */
  removeOrphans(writing: Writing): Promise<void>
  /** After this the overtaken writer's late updates and deletes find nothing that they may touch. */
  restamp(writing: Writing): Promise<void>
}
