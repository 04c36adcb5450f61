import type { Core, Release } from '@vartrack/core'
import { HEADER_BYTES, RECORD_BYTES } from '@vartrack/sink-kit'
import { sampleCompileOptions } from '../support/samples.js'

const LIMITS = { maxFileBytes: 100_000_000, maxDepth: 64, maxKeys: 1_000_000 }

/**
 * What the core makes of a JSON file.
 * @param json the text of the file, so that numbers are as written in it
 */
export async function releaseOf(core: Core, json: string): Promise<Release> {
  return core.compile(Buffer.from(json), 'json', { ...sampleCompileOptions, limits: LIMITS })
}

/** A release whose entries are all secret, as a schema would mark them. */
export function allSecret(release: Release): Release {
  const frame = Buffer.from(release.frame)
  let at = HEADER_BYTES
  for (let left = frame.readUInt16LE(6); left > 0; left--) at += 2 + frame.readUInt16LE(at)
  for (let left = frame.readUInt32LE(8); left > 0; left--) {
    frame[at + 2] = 1
    at += RECORD_BYTES + frame.readUInt32LE(at + 8) + frame.readUInt32LE(at + 12)
  }
  return { ...release, frame }
}

/** A flat file of many keys. */
export function manyKeys(count: number, value: (index: number) => string): string {
  const pairs = Array.from({ length: count }, (_, index) => `"service.group${index % 100}.key${index}":${JSON.stringify(value(index))}`)
  return `{${pairs.join(',')}}`
}
