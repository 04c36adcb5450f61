import { VarTrackError } from '@vartrack/errors'
import type { SinkTraits } from './contract.js'
import { type FrameRecord, records } from './frames.js'

/**
 * Refuses changes that the store could not take, before anything is written.
 * @throws VarTrackError `sink.limit` that names the key, what it has and what is allowed
 */
export function checkLimits(frame: Buffer, limits: SinkTraits['limits'], location: string): void {
  if (frame.length > limits.batchBytes) throw overLimit({ what: 'The changes together are', bytes: frame.length, most: limits.batchBytes, location })
  const smallest = Math.min(limits.keyBytes, limits.valueBytes)
  if (frame.length <= smallest) return
  for (const record of records(frame)) checkRecord(record, limits, location)
}

function checkRecord(record: FrameRecord, limits: SinkTraits['limits'], location: string): void {
  const { key, value } = record
  if (key.length > limits.keyBytes) throw overLimit({ what: 'A key is', bytes: key.length, most: limits.keyBytes, location, key })
  if (value.length > limits.valueBytes) throw overLimit({ what: 'A value is', bytes: value.length, most: limits.valueBytes, location, key })
}

/** The error of something too large for a store. */
export function overLimit(input: { what: string; bytes: number; most: number; location: string; key?: Buffer }): VarTrackError {
  const key = input.key?.toString('utf8', 0, 200)
  return new VarTrackError({
    code: 'sink.limit',
    message: `${input.what} ${input.bytes} bytes long; the store takes ${input.most}. Nothing was written.`,
    remedy: 'Make it smaller, or split it over several keys or destinations.',
    place: { destination: input.location, ...(key === undefined ? {} : { key }) },
  })
}
