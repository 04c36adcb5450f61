import { VarTrackError } from '@vartrack/errors'
import { UnrecoverableError } from 'bullmq'

/** What BullMQ stores of a failure: code and message, masked, no stack. */
export function retriedError(error: VarTrackError, mask: (text: string) => string): Error {
  return withoutStack(new Error(reason(error, mask)))
}

/** The same for a failure that is not tried again. */
export function finalError(error: VarTrackError, mask: (text: string) => string): Error {
  return withoutStack(new UnrecoverableError(reason(error, mask)))
}

function reason(error: VarTrackError, mask: (text: string) => string): string {
  return mask(`${error.code}: ${error.message}`)
}

function withoutStack(error: Error): Error {
  error.stack = ''
  return error
}

/** Reason of a signal: the job ran longer than the catalog lets it. */
export function timedOut(name: string, timeoutMs: number): VarTrackError {
  return new VarTrackError({
    code: 'job.timeout',
    message: `The ${name} job did not end within ${timeoutMs / 1000} s.`,
    remedy: 'It is tried again; look at the destination or the Git host it was waiting for.',
    disposition: { kind: 'retry' },
  })
}

/** Reason of a signal: another worker may have the job by now. */
export function lockLost(jobId: string): VarTrackError {
  return new VarTrackError({
    code: 'job.lock_lost',
    message: `The lock of job ${jobId} was not renewed in time; another worker takes the job.`,
    remedy: 'The process was stopped, busy or cut off from Redis for longer than a lock lasts.',
    disposition: { kind: 'retry' },
  })
}

/** Reason of a signal: the process ends before the job does. */
export function handedBack(): VarTrackError {
  return new VarTrackError({
    code: 'job.handed_back',
    message: 'The process is shutting down and gives the job back to its queue.',
    remedy: 'Nothing to do: the next worker takes it.',
    disposition: { kind: 'retry' },
  })
}
