import { createHash, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import { chunkBytes } from '@vartrack/sink-kit'
import { getRequest, type Step } from './connection.js'
import type { BlobName, RootState } from './root-state.js'
import { MULTI_BYTES } from './traits.js'
import { hiddenPath, type Root, type Tree } from './tree.js'

/** A blob on its way: its name, the znodes it becomes and the steps that make them. */
export interface Blob {
  readonly name: BlobName
  readonly creates: readonly Step[]
  readonly bytes: number
}

/** Every byte goes through the server's log and to all its members: the fastest level leaves a fifth of a configuration. */
const LEVEL = { level: 1 }

/**
 * Packs a blob and names it as no other write does, so that two writers never mix their chunks.
 * @param kind `journal` or `redo`
 */
export async function newBlob(tree: Tree, kind: 'journal' | 'redo', source: string, content: Buffer): Promise<Blob> {
  const name = `${kind}-${ownerOf(source)}-${randomBytes(8).toString('hex')}`
  const packed = await promisify(deflateRaw)(content, LEVEL)
  const pieces = chunkBytes(packed, MULTI_BYTES)
  const creates = pieces.map((data, index) => ({ kind: 'create' as const, path: chunkPath(tree, name, index), data }))
  return { name: { name, chunks: pieces.length }, creates, bytes: packed.length }
}

/** Puts the chunks of a blob where nobody looks yet. */
export async function stage(tree: Tree, blob: Blob): Promise<void> {
  await Promise.all(blob.creates.map((step) => tree.connection.multi([step], tree.signal)))
}

/** Steps that hold only while the blob is there. */
export function checksOf(blob: Blob): Step[] {
  return blob.creates.map(({ path }) => ({ kind: 'check', path }))
}

/** The content of a blob, or null when a chunk is gone. */
export async function readBlob(tree: Tree, blob: BlobName): Promise<Buffer | null> {
  const paths = Array.from({ length: blob.chunks }, (_, index) => chunkPath(tree, blob.name, index))
  const pieces = (await tree.connection.inTurn(paths.map(getRequest), tree.signal)).flatMap((piece) => piece?.data ?? [])
  return pieces.length === paths.length ? promisify(inflateRaw)(Buffer.concat(pieces)) : null
}

/**
 * Removes the blobs of a source that no state names: older journals, and what writers that were killed have left. Only as long as the state is the one
 * that is there: a later writer's journal is not named by it, and later writers sweep themselves.
 */
export async function sweep(tree: Tree, source: string, { state, version }: Root): Promise<void> {
  const hidden = (await tree.connection.children(hiddenPath(tree), tree.signal)) ?? []
  const guard: Step = { kind: 'check', path: tree.location, version }
  await Promise.all(leftovers(tree, hidden, source, state).map((step) => tree.connection.multi([guard, step], tree.signal)))
}

/**
 * Steps that remove what {@link sweep} would.
 * @param hidden names of the hidden znodes
 */
export function leftovers(tree: Tree, hidden: readonly string[], source: string, state: RootState): Step[] {
  const named = new Set([...state.sources.flatMap((one) => one.journals), ...(state.redo ? [state.redo] : [])].map(({ name }) => name))
  const owner = `-${ownerOf(source)}-`
  const left = hidden.filter((name) => name.includes(owner) && !named.has(name.slice(0, name.lastIndexOf('-'))))
  return left.map((name) => ({ kind: 'remove', path: `${hiddenPath(tree)}/${name}` }))
}

function ownerOf(source: string): string {
  return createHash('sha256').update(source).digest('hex').slice(0, 16)
}

function chunkPath(tree: Tree, name: string, index: number): string {
  return `${hiddenPath(tree)}/${name}-${index}`
}
