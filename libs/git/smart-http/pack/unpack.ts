import { join } from 'node:path'
import type { RepositoryStore } from '../../store.js'
import { GaveUp } from '../gave-up.js'
import { HASH_BYTES, HEADER_BYTES, readEntries } from './entries.js'
import { writeLooseObject } from './loose.js'
import { hashOf, headOf, type WholeObject, wholeObjects } from './objects.js'
import { createShare, MAX_OBJECT_BYTES, type Share } from './share.js'
import { fold } from './zlib.js'

/** `PACK`, and the version. */
const BEGIN = Buffer.from('PACK\0\0\0\u0002')

/**
 * Unpacks a small pack in this process, as `git unpack-objects` would. Nothing is written before all of it is read and found good.
 * @param pack from its first byte to its last
 * @throws GaveUp `unpack`, `too_large`, and errors of the reader and the file system: in each case it is git's turn
 */
export async function unpackHere(pack: Buffer, store: RepositoryStore, signal: AbortSignal): Promise<void> {
  const share = createShare(signal)
  const body = pack.subarray(0, -HASH_BYTES)
  if (body.length < HEADER_BYTES || !pack.subarray(0, BEGIN.length).equals(BEGIN)) throw new GaveUp('unpack', 'it is no pack of version 2')
  if ((await hashOf([body], share)) !== pack.toString('hex', body.length)) throw new GaveUp('unpack', 'the pack has another hash than it says')
  const entries = await readEntries(pack, pack.readUInt32BE(BEGIN.length), share)
  const objects = await wholeObjects(entries, (id) => store.reader.read(id, MAX_OBJECT_BYTES), share)
  signal.throwIfAborted()
  await writeAll(objects, join(store.dir, 'objects'), share)
}

/** One that lies in a pack of the repository already gets a twin beside it, which the next tidying removes. */
async function writeAll(objects: readonly WholeObject[], objectsDir: string, share: Share): Promise<void> {
  const folded = new Map<string, Buffer>()
  for (const { id, type, bytes } of objects) {
    folded.set(id, await fold(Buffer.concat([headOf(type, bytes), bytes])))
    await share.pause()
  }
  const written = await Promise.allSettled([...folded].map(([id, content]) => writeLooseObject(objectsDir, id, content)))
  const failed = written.find((each) => each.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
