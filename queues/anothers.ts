import { toVarTrackError } from '@vartrack/errors'

/**
 * Was the job handed back or taken over? How it ends is for its next worker to tell, who may have told it by now.
 * @param signal as the handler was given it
 */
export function isAnothers(signal: AbortSignal): boolean {
  return signal.aborted && ['job.lock_lost', 'job.handed_back'].includes(toVarTrackError(signal.reason).code)
}
