import { runGit } from '../run-git.js'
import type { RepositoryStore } from '../store.js'
import { asGaveUp, GaveUp, type GaveUpReason } from './gave-up.js'

/** Where objects are put, and how long that may take. */
export interface Reception {
  readonly store: RepositoryStore
  /** In all. */
  readonly totalMs: number
  readonly signal: AbortSignal
}

/** `PACK`, the version and the number of objects, four bytes each (gitformat-pack). */
const HEADER_BYTES = 12
/** A pack of so many objects stays one, as git does it: `transfer.unpackLimit`. */
const UNPACK_LIMIT = 100

/**
 * Puts the objects of a pack into the repository; a thin pack gets its bases from there. Never holds more of it than a pipe does.
 * @throws GaveUp `unpack` for what git refuses, and whatever the pack itself throws
 */
export async function receivePack(pack: AsyncGenerator<Buffer, void>, reception: Reception): Promise<void> {
  const header = await readHeader(pack)
  const count = header.readUInt32BE(HEADER_BYTES - 4)
  const args = count < UNPACK_LIMIT ? ['unpack-objects', '-q'] : ['index-pack', '--stdin', '--fix-thin']
  await runLocally(args, joined(header, pack), reception, 'unpack')
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

async function readHeader(pack: AsyncGenerator<Buffer, void>): Promise<Buffer> {
  let header = Buffer.alloc(0)
  while (header.length < HEADER_BYTES) {
    const { value } = await pack.next()
    if (!Buffer.isBuffer(value)) throw new GaveUp('protocol', 'the pack is empty')
    header = Buffer.concat([header, value])
  }
  return header
}

async function* joined(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  yield first
  yield* rest
}

async function* lineOf(text: string): AsyncGenerator<Buffer, void> {
  yield Buffer.from(`${text}\n`)
}
