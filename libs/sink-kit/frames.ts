import { VarTrackError } from '@vartrack/errors'

/**
 * Frames carry entries between JavaScript, the core and the drivers without an object per entry. Little-endian:
 *
 *     header   magic "VTF1" | u8 kind | u8 flags (1: sorted by key bytes) | u16 origins | u32 records
 *     origins  u16 length | UTF-8 path of the file, as often as the header says
 *     record   u8 op | u8 type | u8 flags (1: secret, 2: logged) | u8 0 | u32 origin (0xffffffff: none) | u32 key bytes | u32 value bytes | key | value
 *
 * The Rust twin is rust-core/crates/etl/src/frame.rs.
 */
export const FRAME_KIND = { release: 1, live: 2, changes: 3 } as const
export type FrameKind = keyof typeof FRAME_KIND

/** `text` is the type of a live value whose store knows no types; it equals an entry of any type with the same text. */
export const ENTRY_TYPE = { text: 0, string: 1, integer: 2, decimal: 3, boolean: 4, null: 5, map: 6, list: 7, json: 8, digest: 254 } as const
export type EntryType = keyof typeof ENTRY_TYPE

export const OP = { entry: 0, put: 1, delete: 2 } as const
export type Op = keyof typeof OP

export const FRAME_MAGIC = 'VTF1'
export const HEADER_BYTES = 12
export const RECORD_BYTES = 16
export const NO_ORIGIN = 0xffffffff

const TYPE_NAMES = new Map<number, EntryType>(Object.entries(ENTRY_TYPE).map(([name, code]) => [code, name as EntryType]))
const OP_NAMES = Object.keys(OP) as Op[]

/** One record of a frame. `key` and `value` are views on the frame: copy what outlives it. */
export interface FrameRecord {
  readonly op: Op
  readonly type: EntryType
  readonly secret: boolean
  readonly logged: boolean
  /** The file the entry came from, when the frame says so. */
  readonly origin: string | undefined
  readonly key: Buffer
  readonly value: Buffer
}

/** Number of records in a frame. */
export function recordCount(frame: Buffer): number {
  return frame.readUInt32LE(8)
}

/**
 * The records of a frame, in its order. The frame is trusted: it comes from the core or from {@link FrameWriter}.
 * @throws VarTrackError `frame.malformed` when it is no frame or is cut short
 */
export function* records(frame: Buffer): Generator<FrameRecord> {
  const { origins, offset } = readHeader(frame)
  let at = offset
  for (let left = recordCount(frame); left > 0; left--) {
    if (at + RECORD_BYTES > frame.length) throw malformed('a record header is cut short')
    const keyStart = at + RECORD_BYTES
    const valueStart = keyStart + frame.readUInt32LE(at + 8)
    const end = valueStart + frame.readUInt32LE(at + 12)
    if (end > frame.length) throw malformed('a record is cut short')
    const op = OP_NAMES[frame[at] as number]
    const type = TYPE_NAMES.get(frame[at + 1] as number)
    if (op === undefined || type === undefined) throw malformed('a record is of no kind that is known')
    const flags = frame[at + 2] as number
    yield {
      op,
      type,
      secret: (flags & 1) !== 0,
      logged: (flags & 2) !== 0,
      origin: origins[frame.readUInt32LE(at + 4)],
      key: frame.subarray(keyStart, valueStart),
      value: frame.subarray(valueStart, end),
    }
    at = end
  }
}

function readHeader(frame: Buffer): { origins: string[]; offset: number } {
  if (frame.length < HEADER_BYTES || frame.toString('latin1', 0, 4) !== FRAME_MAGIC) throw malformed('the magic bytes are missing')
  const origins: string[] = []
  let offset = HEADER_BYTES
  for (let left = frame.readUInt16LE(6); left > 0; left--) {
    if (offset + 2 > frame.length) throw malformed('its origins are cut short')
    const start = offset + 2
    offset = start + frame.readUInt16LE(offset)
    if (offset > frame.length) throw malformed('its origins are cut short')
    origins.push(frame.toString('utf8', start, offset))
  }
  return { origins, offset }
}

function malformed(what: string): VarTrackError {
  return new VarTrackError({ code: 'frame.malformed', message: `A frame could not be read: ${what}.`, disposition: { kind: 'bug' } })
}

/** Builds a frame without origins, in one growing Buffer: what a sink makes of live values. */
export class FrameWriter {
  #buffer: Buffer
  #length = HEADER_BYTES
  #count = 0

  /** @param bytes expected size; the frame grows past it when it must */
  constructor(kind: FrameKind, bytes = 4096) {
    this.#buffer = Buffer.allocUnsafe(Math.max(bytes, HEADER_BYTES))
    this.#buffer.write(FRAME_MAGIC, 0, 'latin1')
    this.#buffer.writeUInt32LE(FRAME_KIND[kind], 4)
  }

  /** Adds one record. */
  add(key: Buffer | string, value: Buffer | string, type: EntryType = 'text', op: Op = 'entry'): void {
    const keyBytes = Buffer.byteLength(key)
    const valueBytes = Buffer.byteLength(value)
    const at = this.#reserve(RECORD_BYTES + keyBytes + valueBytes)
    const buffer = this.#buffer
    buffer[at] = OP[op]
    buffer[at + 1] = ENTRY_TYPE[type]
    buffer[at + 2] = 0
    buffer[at + 3] = 0
    buffer.writeUInt32LE(NO_ORIGIN, at + 4)
    buffer.writeUInt32LE(keyBytes, at + 8)
    buffer.writeUInt32LE(valueBytes, at + 12)
    put(buffer, key, at + RECORD_BYTES)
    put(buffer, value, at + RECORD_BYTES + keyBytes)
    this.#count++
  }

  /** The finished frame; the writer is not used after it. */
  finish(): Buffer {
    this.#buffer.writeUInt32LE(this.#count, 8)
    return this.#buffer.subarray(0, this.#length)
  }

  #reserve(bytes: number): number {
    const at = this.#length
    this.#length = at + bytes
    if (this.#length > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#length, this.#buffer.length * 2))
      this.#buffer.copy(grown, 0, 0, at)
      this.#buffer = grown
    }
    return at
  }
}

function put(buffer: Buffer, part: Buffer | string, at: number): void {
  if (typeof part === 'string') buffer.write(part, at, 'utf8')
  else part.copy(buffer, at)
}
