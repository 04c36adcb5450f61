import { toVarTrackError } from '@vartrack/errors'

/** The job was handed back or taken over: how it ends is for its next worker to tell, who may have told it by now. */
export function isAnothers(signal: AbortSignal): boolean {
  return signal.aborted && ['job.lock_lost', 'job.handed_back'].includes(toVarTrackError(signal.reason).code)
}
