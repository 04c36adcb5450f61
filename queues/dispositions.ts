import type { Disposition, VarTrackError } from '@vartrack/errors'
import { DelayedError, type Job, WaitingError } from 'bullmq'
import type { JobOutcome } from './consumer-hooks.js'
import type { Quarantine } from './quarantine.js'
import { finalError, retriedError } from './stored-error.js'

/** What {@link dispose} decides about. */
export interface FailedRun {
  readonly job: Job
  /** BullMQ's token of the job's lock. */
  readonly token: string
  readonly error: VarTrackError
  readonly end: (outcome: JobOutcome, error: VarTrackError) => void
  readonly quarantine: Quarantine
  readonly mask: ((text: string) => string) | undefined
}

/** A far side that says "later" more often than this is not waited for any longer. */
const MAX_WAITS = 50

/**
 * The one place where an error's disposition becomes what BullMQ does with the job.
 * @throws Error to be tried again after the job's backoff, UnrecoverableError to fail for good, DelayedError or WaitingError when the job was moved
 */
export async function dispose(run: FailedRun): Promise<never> {
  const { error } = run
  if (error.code === 'job.handed_back') return handBack(run)
  if (error.code === 'job.lock_lost') return lose(run)
  if (error.code === 'job.payload' || error.code === 'job.unknown') return quarantine(run)
  return BY_DISPOSITION[error.disposition.kind](run)
}

/** Are the job's attempts used up with the one that runs? */
export function isLastTry({ attemptsMade, opts }: Pick<Job, 'attemptsMade' | 'opts'>): boolean {
  return attemptsMade + 1 >= (opts.attempts ?? 1)
}

const BY_DISPOSITION: Record<Disposition['kind'], (run: FailedRun) => Promise<never>> = {
  retry,
  wait,
  /** No job carries what to apply: run again, it reads the head, or the release of it, anew. */
  replan: retry,
  stall: fail,
  bug: fail,
}

async function retry(run: FailedRun): Promise<never> {
  run.end(isLastTry(run.job) ? 'failed' : 'retried', run.error)
  throw retriedError(run.error, maskOf(run))
}

async function wait(run: FailedRun): Promise<never> {
  const { disposition } = run.error
  const afterMs = disposition.kind === 'wait' ? disposition.afterMs : 0
  if (run.job.attemptsStarted > MAX_WAITS) return fail(run)
  await run.job.moveToDelayed(Date.now() + afterMs, run.token)
  run.end('waiting', run.error)
  throw new DelayedError()
}

async function fail(run: FailedRun): Promise<never> {
  run.end('failed', run.error)
  throw finalError(run.error, maskOf(run))
}

async function quarantine(run: FailedRun): Promise<never> {
  await run.quarantine.put(run.job, maskOf(run)(`${run.error.code}: ${run.error.message}`))
  return fail(run)
}

/** Back to the front of its queue, without counting as an attempt. */
async function handBack(run: FailedRun): Promise<never> {
  await run.job.moveToWait(run.token)
  run.end('handed_back', run.error)
  throw new WaitingError()
}

/** The job is another worker's by now: nothing of it may be changed here. */
async function lose(run: FailedRun): Promise<never> {
  run.end('lost', run.error)
  throw new WaitingError()
}

function maskOf(run: FailedRun): (text: string) => string {
  return run.mask ?? ((text) => text)
}
