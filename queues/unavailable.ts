import { VarTrackError } from '@vartrack/errors'

/**
 * Turns what a Redis client threw into `queue.unavailable`, for a `.catch`.
 * @throws VarTrackError `queue.unavailable`, status 503, disposition retry
 */
export function unavailable(cause: unknown): never {
  if (cause instanceof VarTrackError) throw cause
  throw new VarTrackError({
    code: 'queue.unavailable',
    message: `Redis did not take the job: ${cause instanceof Error ? cause.message : String(cause)}.`,
    remedy: 'Nothing was accepted; send it again when Redis is back.',
    disposition: { kind: 'retry' },
    status: 503,
    cause,
  })
}
