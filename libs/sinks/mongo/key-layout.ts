import type { Layout } from './layout.js'
import { readDocuments } from './read.js'
import { removeOrphans, restamp, writeDocuments } from './write-documents.js'

/** A document per key. */
export const keyLayout: Layout = { sharesDocuments: false, read: readDocuments, write: writeDocuments, removeOrphans, restamp }
