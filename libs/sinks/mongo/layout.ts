import type { WriteResult } from '@vartrack/sink-kit'
import type { Place } from './place.js'
import type { Run } from './state.js'
import type { Writing } from './write.js'

/** How keys lie in documents; the order of a write and its fence are the same for all. */
export interface Layout {
  /** Do several keys lie in one document? Then what a write puts where depends on what it finds, and a second run may do it otherwise. */
  readonly sharesDocuments: boolean
  /** A live frame of what counts. */
  read(place: Place, keys: 'all' | readonly string[]): Promise<Buffer>
  /** Brings changes to the documents. Safe to run again. */
  write(writing: Writing, changes: Buffer): Promise<WriteResult>
  /** Removes what overtaken writes have inserted and nobody else has touched. */
  removeOrphans(writing: Writing, overtaken: readonly Run[]): Promise<void>
  /** After this the overtaken writer's late updates and deletes find nothing that they may touch. */
  restamp(writing: Writing): Promise<void>
}
