import { toVarTrackError, VarTrackError } from '@vartrack/errors'
import type { Job } from 'bullmq'
import { CATALOG, type JobName, type QueueKind } from './catalog.js'
import type { ConsumerOptions, JobContext } from './consumer.js'
import type { JobFacts, JobOutcome } from './consumer-hooks.js'
import { dispose, isLastTry } from './dispositions.js'
import { hasLostLock, type LockWatch } from './lock-watch.js'
import { readPayload } from './payload.js'
import { correlationOf, type Quarantine } from './quarantine.js'
import { timedOut } from './stored-error.js'

/** How long a handler may go on after its signal aborted because of time or shutdown, in ms; then the job moves on without it. */
const ABORT_GRACE_MS = 1_000

interface RunnerOptions<Q extends QueueKind> extends ConsumerOptions<Q> {
  readonly queueName: string
  readonly quarantine: Quarantine
  readonly locks: LockWatch
}

/** Runs one job: payload, handler, signal, outcome. */
export interface Runner {
  /** Throws what BullMQ understands: nothing, an error to retry, UnrecoverableError, DelayedError or WaitingError. */
  run(job: Job, token: string): Promise<void>
  /** Jobs running now. */
  running(): number
  /** Aborts the signals of the jobs that run. */
  abortAll(reason: Error): void
}

/** The aborts of the jobs that run. A signal for all of them with `AbortSignal.any` would keep a trace of every job that ever ran. */
type Aborts = Set<(reason: Error) => void>

/** Opens nothing; the consumer's worker calls it for each job. */
export function createRunner<Q extends QueueKind>(options: RunnerOptions<Q>): Runner {
  const aborts: Aborts = new Set()
  return {
    running: () => aborts.size,
    abortAll: (reason) => {
      for (const abort of aborts) abort(reason)
    },
    run: (job, token) => runJob(options, job, token, aborts),
  }
}

async function runJob<Q extends QueueKind>(options: RunnerOptions<Q>, job: Job, token: string, aborts: Aborts): Promise<void> {
  const facts = factsOf(options.queueName, job)
  const started = performance.now()
  const end = (outcome: JobOutcome, error?: VarTrackError) =>
    options.hooks.onEnd?.(facts, { outcome, durationMs: performance.now() - started, ...(error ? { error } : {}) })
  options.hooks.onStart?.(facts)
  try {
    await work(options, job, facts, aborts)
  } catch (thrown) {
    await dispose({ job, token, error: toVarTrackError(thrown), end, quarantine: options.quarantine, mask: options.mask })
    return
  }
  end('completed')
}

/** @throws VarTrackError what the handler threw, or why its signal aborted */
async function work<Q extends QueueKind>(options: RunnerOptions<Q>, job: Job, facts: JobFacts, aborts: Aborts): Promise<void> {
  const name = knownName(options, job.name)
  const data = readPayload(name, job.data)
  const controller = new AbortController()
  const abort = (reason: Error) => controller.abort(reason)
  const unwatch = options.locks.watch(facts.jobId, controller)
  const timeoutMs = CATALOG[name].timeoutMs
  const timer = setTimeout(() => abort(timedOut(name, timeoutMs)), timeoutMs)
  const { signal } = controller
  aborts.add(abort)
  const handlers = options.handlers as Record<JobName, (data: unknown, context: JobContext) => Promise<void>>
  try {
    const context = { signal, jobId: facts.jobId, attempt: facts.attempt, isLastTry: isLastTry(job), correlation: facts.correlation }
    await endsAfterAbort(handlers[name](data, context), signal)
    if (hasLostLock(signal)) throw signal.reason
  } catch (error) {
    throw hasLostLock(signal) || signal.aborted ? signal.reason : error // What a handler throws after the abort is only how it noticed.
  } finally {
    clearTimeout(timer)
    unwatch()
    aborts.delete(abort)
  }
}

function knownName<Q extends QueueKind>(options: RunnerOptions<Q>, name: string): JobName {
  if (Object.hasOwn(options.handlers, name) && Object.hasOwn(CATALOG, name)) return name as JobName
  throw new VarTrackError({
    code: 'job.unknown',
    message: `Nothing here works jobs of this name in queue ${options.queueName}.`,
    remedy: 'It was added by hand or by another version of varTrack; remove it from the quarantine, or finish the upgrade and add it again.',
    disposition: { kind: 'bug' },
  })
}

/** The handler's end; or the abort's reason, shortly after it, when the handler does not listen. */
async function endsAfterAbort(handler: Promise<void>, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const deaf = new Promise<never>((_, reject) => {
    const arm = () => {
      timer = setTimeout(() => reject(signal.reason as Error), ABORT_GRACE_MS)
    }
    if (signal.aborted) arm()
    else signal.addEventListener('abort', arm, { once: true })
  })
  try {
    await Promise.race([handler, deaf])
  } finally {
    clearTimeout(timer)
  }
}

function factsOf(queue: string, job: Job): JobFacts {
  const due = job.timestamp + (job.delay ?? 0)
  return {
    queue,
    name: job.name,
    jobId: String(job.id),
    correlation: correlationOf(job.data),
    attempt: job.attemptsMade + 1,
    waitedMs: Math.max(0, (job.processedOn ?? Date.now()) - due),
  }
}
