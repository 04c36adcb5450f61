import { VarTrackError } from '@vartrack/errors'
import { CATALOG, type JobData, type JobInput, type JobName } from './catalog.js'

/** A job stays under this many bytes: it carries ids, never content. */
const MAX_PAYLOAD_BYTES = 4096

/**
 * A payload as it is added: with the version of its schema, checked.
 * @throws VarTrackError `job.payload` (a bug of the caller)
 */
export function writePayload<N extends JobName>(name: N, input: JobInput<N>): JobData<N> {
  const data = readPayload(name, { ...input, version: CATALOG[name].version })
  if (name !== 'quarantined' && Buffer.byteLength(JSON.stringify(data)) > MAX_PAYLOAD_BYTES)
    throw refusal(name, `it is over ${MAX_PAYLOAD_BYTES} bytes`)
  return data
}

/**
 * A payload as it was found in Redis, where the board or anyone with access may have changed it.
 * @throws VarTrackError `job.payload`
 */
export function readPayload<N extends JobName>(name: N, found: unknown): JobData<N> {
  const parsed = CATALOG[name].schema.safeParse(found)
  if (parsed.success) return parsed.data as JobData<N>
  throw refusal(name, parsed.error.issues.map((issue) => `${issue.path.join('.') || 'payload'}: ${issue.message}`).join('; '))
}

function refusal(name: JobName, why: string): VarTrackError {
  return new VarTrackError({
    code: 'job.payload',
    message: `The payload of a ${name} job was refused: ${why}.`,
    remedy: 'Jobs are made by varTrack itself; look who edited this one, or whether two versions run side by side.',
    disposition: { kind: 'bug' },
  })
}
