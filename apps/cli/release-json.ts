import type { CompiledFile } from '@vartrack/engine'
import { MASKED } from '@vartrack/secrets/masked'
import { type FrameRecord, records } from '@vartrack/sink-kit/frames'

/** The value of an entry as it may be shown: what the schema marks as secret is not. */
export function shownValue({ secret, value }: Pick<FrameRecord, 'secret' | 'value'>): string {
  return secret ? MASKED : value.toString()
}

/** A release as one line of JSON: `{"entries": {key: [type, value]}, "digest", "diagnostics": []}`, its entries in the order of the release. */
export function releaseJson({ frame, digest, diagnostics }: CompiledFile): string {
  // Not by way of an object: that would move keys such as `10` to the front.
  const entries = Array.from(records(frame), (entry) => `${JSON.stringify(entry.key.toString())}:${JSON.stringify([entry.type, shownValue(entry)])}`)
  return `{"entries":{${entries.join(',')}},"digest":${JSON.stringify(digest)},"diagnostics":${JSON.stringify(diagnostics)}}`
}
