import type { CompileResult } from '@vartrack/core'
import { records } from '@vartrack/sink-kit/frames'

/** A release as one line of JSON: `{"entries": {key: [type, value]}, "digest", "diagnostics": []}`, its entries in the order of the release. */
export function releaseJson({ frame, digest, diagnostics }: CompileResult): string {
  // Not by way of an object: that would move keys such as `10` to the front.
  const entries = Array.from(
    records(frame),
    (entry) => `${JSON.stringify(entry.key.toString())}:${JSON.stringify([entry.type, entry.value.toString()])}`,
  )
  return `{"entries":{${entries.join(',')}},"digest":${JSON.stringify(digest)},"diagnostics":${JSON.stringify(diagnostics)}}`
}
