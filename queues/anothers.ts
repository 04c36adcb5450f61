import { toVarTrackError } from '@vartrack/errors'
import { hasLostLock } from './lock-watch.js'

/**
 * Was the job handed back or taken over? How it ends is for its next worker to tell, who may have told it by now.
 * @param signal as the handler was given it
 */
export function isAnothers(signal: AbortSignal): boolean {
  return hasLostLock(signal) || (signal.aborted && toVarTrackError(signal.reason).code === 'job.handed_back')
}
