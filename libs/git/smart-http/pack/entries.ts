import { GaveUp } from '../gave-up.js'
import type { Share } from './share.js'
import { unfold } from './zlib.js'

/** An object as it lies in a pack: whole, or what to change in another. */
export interface Entry {
  /** Where it begins in the pack. */
  readonly offset: number
  readonly type: 'commit' | 'tree' | 'blob' | 'tag' | 'delta'
  /** Of a delta: the offset of its base in the pack, or its base's object id. */
  readonly base: number | string | undefined
  /** The content, or the delta. */
  readonly bytes: Buffer
}

/** Of the whole pack: it begins with a header, and ends with its hash. */
export const HEADER_BYTES = 12
export const HASH_BYTES = 20

/** By their numbers (gitformat-pack). */
const TYPES = [undefined, 'commit', 'tree', 'blob', 'tag'] as const
const OFFSET_DELTA = 6
const ID_DELTA = 7
/** Digits of a number, 7 bits each: enough for any size or offset that is taken here. */
const MAX_DIGITS = 5

/**
 * Reads the entries of a pack: exactly so many, and nothing after them but the hash, of which the caller has made sure.
 * @throws GaveUp `unpack`, `too_large`
 */
export async function readEntries(pack: Buffer, count: number, share: Share): Promise<Entry[]> {
  const body = pack.subarray(0, pack.length - HASH_BYTES)
  const entries: Entry[] = []
  let at = HEADER_BYTES
  while (entries.length < count) {
    const { entry, end } = await readEntry(body, at, share)
    entries.push(entry)
    at = end
    await share.pause()
  }
  if (at !== body.length) throw new GaveUp('unpack', 'something follows the objects of the pack')
  return entries
}

async function readEntry(body: Buffer, offset: number, share: Share): Promise<{ readonly entry: Entry; readonly end: number }> {
  const { number, size, end: baseAt } = readTypeAndSize(body, offset)
  share.take(size)
  const { type, base, end: at } = readBase(body, offset, number, baseAt)
  const { bytes, length } = await unfold(body.subarray(at), size)
  return { entry: { offset, type, base, bytes }, end: at + length }
}

/** Three bits of type and four of size; then the size's further digits, lowest first. */
function readTypeAndSize(body: Buffer, at: number): { readonly number: number; readonly size: number; readonly end: number } {
  const first = byteAt(body, at)
  let size = first & 15
  let end = at + 1
  for (let weight = 16, more = first >= 128; more; weight *= 128, end += 1) {
    if (end - at > MAX_DIGITS) throw new GaveUp('too_large', 'an object of the pack says it is huge')
    const digit = byteAt(body, end)
    size += (digit & 127) * weight
    more = digit >= 128
  }
  return { number: (first >> 4) & 7, size, end }
}

function readBase(body: Buffer, offset: number, number: number, at: number): Pick<Entry, 'type' | 'base'> & { readonly end: number } {
  if (number === OFFSET_DELTA) {
    const { distance, end } = readDistance(body, at)
    return { type: 'delta', base: offset - distance, end }
  }
  if (number === ID_DELTA) {
    const end = at + HASH_BYTES
    if (end > body.length) throw new GaveUp('unpack', 'the pack is cut short')
    return { type: 'delta', base: body.toString('hex', at, end), end }
  }
  const type = TYPES[number]
  if (type === undefined) throw new GaveUp('unpack', `the pack holds an object of type ${number}`)
  return { type, base: undefined, end: at }
}

/** Digits highest first; each that is followed by another counts one more, so that no number is written in two ways. */
function readDistance(body: Buffer, at: number): { readonly distance: number; readonly end: number } {
  let digit = byteAt(body, at)
  let distance = digit & 127
  let end = at + 1
  for (; digit >= 128; end += 1) {
    if (end - at >= MAX_DIGITS) throw new GaveUp('unpack', 'a delta of the pack has its base before the pack')
    digit = byteAt(body, end)
    distance = (distance + 1) * 128 + (digit & 127)
  }
  return { distance, end }
}

function byteAt(body: Buffer, at: number): number {
  const byte = body[at]
  if (byte === undefined) throw new GaveUp('unpack', 'the pack is cut short')
  return byte
}
