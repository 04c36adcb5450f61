import { createHash } from 'node:crypto'
import { GaveUp } from '../gave-up.js'
import { applyDelta, readDeltaHead } from './delta.js'
import type { Entry } from './entries.js'
import { MAX_OBJECT_BYTES, type Share } from './share.js'

/** An object with all its bytes. */
export interface WholeObject {
  readonly id: string
  readonly type: string
  readonly bytes: Buffer
}

/** An object of the repository, for the deltas of a thin pack; `undefined`: there is none. */
export type ReadBase = (id: string) => Promise<WholeObject | undefined>

/** A hash holds the event loop for so many bytes. */
const HASHED_AT_ONCE = 256 * 1024

/**
 * The objects of a pack, each once. Deltas wait until their base is there, in whatever order they come and however long their chains are.
 * @throws GaveUp `unpack` when a base is nowhere, or only behind itself; `too_large`
 */
export async function wholeObjects(entries: readonly Entry[], readBase: ReadBase, share: Share): Promise<WholeObject[]> {
  const found = new Map<string, WholeObject>()
  const bases = new Map<number | string, WholeObject>()
  for (let waiting = entries; waiting.length > 0; ) {
    const later: Entry[] = []
    for (const entry of waiting) {
      const object = await wholeObject(entry, bases, share)
      if (object === undefined) later.push(entry)
      else for (const name of [entry.offset, object.id]) bases.set(name, object)
      if (object !== undefined) found.set(object.id, object)
    }
    if (later.length === waiting.length && !(await bringBases(later, bases, readBase, share))) throw new GaveUp('unpack', 'a base is not there')
    waiting = later
  }
  return [...found.values()]
}

/** The hash of some bytes, as Git names objects and closes packs. */
export async function hashOf(parts: readonly Buffer[], share: Share): Promise<string> {
  const hash = createHash('sha1')
  for (const part of parts) {
    for (let at = 0; at < part.length; at += HASHED_AT_ONCE) {
      hash.update(part.subarray(at, at + HASHED_AT_ONCE))
      await share.pause()
    }
  }
  return hash.digest('hex')
}

/** What Git puts before the content of an object, to name and to keep it. */
export function headOf(type: string, bytes: Buffer): Buffer {
  return Buffer.from(`${type} ${bytes.length}\0`)
}

/** `undefined`: its base is not there yet. */
async function wholeObject(entry: Entry, bases: ReadonlyMap<number | string, WholeObject>, share: Share): Promise<WholeObject | undefined> {
  if (entry.base === undefined) return await named(entry.type, entry.bytes, share)
  const base = bases.get(entry.base)
  return base === undefined ? undefined : await named(base.type, await applyDelta(base.bytes, entry.bytes, share), share)
}

async function named(type: string, bytes: Buffer, share: Share): Promise<WholeObject> {
  return { id: await hashOf([headOf(type, bytes), bytes], share), type, bytes }
}

/** Looks in the repository for what none of the pack's objects is. False: nothing came of it. */
async function bringBases(waiting: readonly Entry[], bases: Map<number | string, WholeObject>, readBase: ReadBase, share: Share): Promise<boolean> {
  let brought = false
  for (const { base, bytes } of waiting) {
    if (typeof base !== 'string' || bases.has(base)) continue
    const { baseSize } = readDeltaHead(bytes)
    // Not asked for, because a reader that meets something larger has to be started anew.
    if (baseSize > MAX_OBJECT_BYTES) throw new GaveUp('too_large', 'a base of the pack is larger than is unpacked here')
    const object = await readBase(base)
    if (object === undefined) continue
    share.take(object.bytes.length)
    bases.set(base, object)
    brought = true
  }
  return brought
}
