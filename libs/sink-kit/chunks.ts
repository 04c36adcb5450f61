import { type FrameRecord, records } from './frames.js'

/** A blob in pieces of at most `bytes`; an empty blob is one empty piece. The pieces are views. */
export function chunkBytes(blob: Buffer, bytes: number): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < blob.length || at === 0; at += bytes) pieces.push(blob.subarray(at, at + bytes))
  return pieces
}

/** What a batch may hold. */
export interface BatchLimits {
  readonly records: number
  /** Of keys and values together. A record larger than this is a batch of its own. */
  readonly bytes: number
}

/** The records of a frame in batches, in their order. Keys and values are views on the frame. */
export function* batches(frame: Buffer, limits: BatchLimits): Generator<FrameRecord[]> {
  let batch: FrameRecord[] = []
  let bytes = 0
  for (const record of records(frame)) {
    const size = record.key.length + record.value.length
    if (batch.length > 0 && (batch.length >= limits.records || bytes + size > limits.bytes)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(record)
    bytes += size
  }
  if (batch.length > 0) yield batch
}
