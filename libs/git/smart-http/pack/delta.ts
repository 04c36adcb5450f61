import { GaveUp } from '../gave-up.js'
import type { Share } from './share.js'

/** The sizes with which a delta begins, and where its pieces do. */
export interface DeltaHead {
  readonly baseSize: number
  readonly size: number
  readonly at: number
}

/** Git takes no shorter one. */
const MIN_BYTES = 4
const MAX_DIGITS = 4
/** Of a copy that says 0. */
const LONG_COPY = 0x10000
/** A piece takes as long as so many bytes do, however short it is. */
const PIECE_BYTES = 256
/** Pieces between two looks at the clock. */
const PIECES_AT_ONCE = 64

/** @throws GaveUp `unpack`, `too_large` */
export function readDeltaHead(delta: Buffer): DeltaHead {
  if (delta.length < MIN_BYTES) throw wrong('is too short')
  const base = readSize(delta, 0)
  const result = readSize(delta, base.end)
  return { baseSize: base.size, size: result.size, at: result.end }
}

/**
 * Makes an object of a base and what is to change in it: copies from the base, and bytes that are in the delta.
 * @throws GaveUp `unpack` for whatever reaches past an end or does not come out even, `too_large`
 */
export async function applyDelta(base: Buffer, delta: Buffer, share: Share): Promise<Buffer> {
  const { baseSize, size, at: first } = readDeltaHead(delta)
  if (baseSize !== base.length) throw wrong('is for a base of another size')
  share.take(size)
  const result = Buffer.alloc(size)
  let [at, filled, pieces] = [first, 0, 0]
  while (at < delta.length) {
    share.take(PIECE_BYTES)
    pieces += 1
    if (pieces % PIECES_AT_ONCE === 0) await share.pause()
    const { source, from, length, end } = readPiece(base, delta, at)
    if (length > size - filled) throw wrong('gives more than it says')
    source.copy(result, filled, from, from + length)
    filled += length
    at = end
  }
  if (filled !== size) throw wrong('gives less than it says')
  return result
}

interface Piece {
  readonly source: Buffer
  readonly from: number
  readonly length: number
  /** Where the next piece begins. */
  readonly end: number
}

function readPiece(base: Buffer, delta: Buffer, at: number): Piece {
  const command = delta[at] ?? 0
  if (command === 0) throw wrong('holds a command that means nothing')
  const piece = command < 128 ? { source: delta, from: at + 1, length: command, end: at + 1 + command } : readCopy(base, delta, at, command)
  if (piece.end > delta.length) throw wrong('is cut short')
  if (piece.from + piece.length > piece.source.length) throw wrong('copies from behind its base')
  return piece
}

/** Four bytes of offset and three of length, lowest first; a bit of the command says of each whether it is there, and 0 stands for those that are not. */
function readCopy(base: Buffer, delta: Buffer, at: number, command: number): Piece {
  let end = at + 1
  const bytes = Array.from({ length: 7 }, (_, bit) => ((command >> bit) & 1 ? (delta[end++] ?? 0) : 0))
  return { source: base, from: numberOf(bytes.slice(0, 4)), length: numberOf(bytes.slice(4)) || LONG_COPY, end }
}

function numberOf(bytes: readonly number[]): number {
  return bytes.reduceRight((higher, byte) => higher * 256 + byte, 0)
}

/** Digits of 7 bits, lowest first. */
function readSize(delta: Buffer, at: number): { readonly size: number; readonly end: number } {
  let size = 0
  let end = at
  for (let weight = 1, more = true; more; weight *= 128, end += 1) {
    const digit = delta[end]
    if (digit === undefined) throw wrong('is cut short')
    if (end - at >= MAX_DIGITS) throw new GaveUp('too_large', 'a delta of the pack says it is huge')
    size += (digit & 127) * weight
    more = digit >= 128
  }
  return { size, end }
}

function wrong(what: string): GaveUp {
  return new GaveUp('unpack', `a delta of the pack ${what}`)
}
