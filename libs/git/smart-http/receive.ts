import { runGit } from '../run-git.js'
import type { RepositoryStore } from '../store.js'
import { asGaveUp, GaveUp, type GaveUpReason } from './gave-up.js'
import { HEADER_BYTES } from './pack/entries.js'
import { unpackHere } from './pack/unpack.js'

/** Where objects are put, and how long that may take. */
export interface Reception {
  readonly store: RepositoryStore
  /** In all. */
  readonly totalMs: number
  readonly signal: AbortSignal
}

/** The beginning of a pack, or all of it. */
interface Held {
  readonly bytes: Buffer
  readonly ended: boolean
}

/** A pack of so many objects stays one, as git does it: `transfer.unpackLimit`. */
const UNPACK_LIMIT = 100
/** A push is some KB. A longer pack goes to git as it comes. */
const MAX_HELD_BYTES = 1024 * 1024

/**
 * Puts the objects of a pack into the repository; a thin pack gets its bases from there. A small one is unpacked in this process. Of any other no more is
 * held than of a small one, and git does it, as it does whatever is odd about a small one: it has the last word.
 * @returns who did it: `fetched` in this process, `handed_on` to git
 * @throws GaveUp `unpack` for what git refuses, and whatever the pack itself throws
 */
export async function receivePack(pack: AsyncGenerator<Buffer, void>, reception: Reception): Promise<'fetched' | 'handed_on'> {
  const start = await hold(pack, HEADER_BYTES)
  if (start.bytes.length < HEADER_BYTES) throw new GaveUp('protocol', 'the pack is empty')
  const count = start.bytes.readUInt32BE(HEADER_BYTES - 4)
  if (count >= UNPACK_LIMIT) return await leaveToGit(['index-pack', '--stdin', '--fix-thin'], start.bytes, pack, reception)
  const { bytes, ended } = await hold(pack, MAX_HELD_BYTES, start.bytes)
  if (ended && (await isUnpackedHere(bytes, reception))) return 'fetched'
  return await leaveToGit(['unpack-objects', '-q'], bytes, pack, reception)
}

async function isUnpackedHere(pack: Buffer, { store, signal }: Reception): Promise<boolean> {
  return await unpackHere(pack, store, signal).then(
    () => true,
    () => false,
  )
}

async function leaveToGit(args: readonly string[], first: Buffer, rest: AsyncIterable<Buffer>, reception: Reception): Promise<'handed_on'> {
  await runLocally(args, joined(first, rest), reception, 'unpack')
  return 'handed_on'
}

/**
 * Lets git make sure that an object is here with all that it leads to, down to what is kept already: the check with which `git fetch` ends.
 * @throws GaveUp `incomplete`
 */
export async function proveByGit(id: string, reception: Reception): Promise<void> {
  const args = ['rev-list', '--objects', '--quiet', '--stdin', '--not', '--all']
  await runLocally(args, lineOf(id), reception, 'incomplete')
}

async function runLocally(args: readonly string[], input: AsyncIterable<Buffer>, where: Reception, refusal: GaveUpReason): Promise<void> {
  const { store, totalMs, signal } = where
  const command = { args, input, cwd: store.dir, environment: store.environment, idleMs: totalMs, totalMs, signal }
  await runGit(command).catch((error: unknown) => Promise.reject(asGaveUp(error, refusal)))
}

/** Reads on until so many bytes are there, or the end. */
async function hold(pack: AsyncGenerator<Buffer, void>, bytes: number, first: Buffer = Buffer.alloc(0)): Promise<Held> {
  const chunks = [first]
  let length = first.length
  while (length < bytes) {
    const { value } = await pack.next()
    if (!Buffer.isBuffer(value)) return { bytes: Buffer.concat(chunks), ended: true }
    chunks.push(value)
    length += value.length
  }
  return { bytes: Buffer.concat(chunks), ended: false }
}

async function* joined(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  yield first
  yield* rest
}

async function* lineOf(text: string): AsyncGenerator<Buffer, void> {
  yield Buffer.from(`${text}\n`)
}
