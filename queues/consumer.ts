import { type Job, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { type JobData, type JobsOf, type QueueKind, queueName } from './catalog.js'
import { type ConsumerHealth, createHealthCheck } from './consumer-health.js'
import type { ConsumerHooks } from './consumer-hooks.js'
import { createLockWatch } from './lock-watch.js'
import { exceededStalls, openQuarantine } from './quarantine.js'
import { openQueues } from './queue-set.js'
import { withoutRepeats } from './repeat-filter.js'
import { createRunner } from './runner.js'
import { handedBack } from './stored-error.js'

/** What a handler knows of the job beside its payload. */
export interface JobContext {
  /** Aborts when the job timed out, its lock was lost or the process has to end. Work that goes on after it is fenced at the destination. */
  readonly signal: AbortSignal
  readonly jobId: string
  /** Counts from 1. */
  readonly attempt: number
  /** Is the job not tried again if it ends with `retry` or `replan` now? */
  readonly isLastTry: boolean
  readonly correlation: string
}

/** One handler for each job of a queue: a missing one does not compile. A handler throws VarTrackErrors, whose disposition says what comes next. */
export type Handlers<Q extends QueueKind> = { readonly [N in JobsOf<Q>]: (data: JobData<N>, context: JobContext) => Promise<void> }

/** What {@link createConsumer} is given. */
export interface ConsumerOptions<Q extends QueueKind> {
  /** A connection that waits for Redis as long as it takes (`maxRetriesPerRequest: null`). It stays the caller's to close. */
  readonly connection: Redis
  readonly prefix: string
  readonly queue: Q
  /** Sink type, for the queue `write`. */
  readonly sink?: string
  readonly handlers: Handlers<Q>
  /** Jobs worked at once by this consumer. */
  readonly concurrency: number
  readonly hooks: ConsumerHooks
  /** Takes values out of a text before it is stored as the reason of a failure. */
  readonly mask?: (text: string) => string
  readonly limits?: Partial<ConsumerLimits>
}

/** How long a dead or stopped worker goes unnoticed. A killed worker's job runs again after at most `lockMs` + `stalledCheckMs`. */
export interface ConsumerLimits {
  readonly lockMs: number
  readonly stalledCheckMs: number
  /** How many workers a job may take down; what exceeds it is quarantined. */
  readonly maxStalls: number
}

const DEFAULT_LIMITS: ConsumerLimits = { lockMs: 10_000, stalledCheckMs: 3_000, maxStalls: 2 }
/** Wait after a fetch that failed, in ms; BullMQ's own 15 s would be most of an outage. */
const FETCH_RETRY_MS = 250
/** Kept of the time to shut down for handing back what is still running. */
const HAND_BACK_MS = 3_000

/** Works the jobs of one queue. */
export interface Consumer extends ConsumerHealth {
  /** Resolves when the consumer takes jobs. */
  ready(): Promise<void>
  /**
   * Takes no more jobs, lets running ones finish, and hands back to the queue, at once and uncounted, what has not ended shortly before the time is over.
   * @param timeoutMs time in all; resolves by then, whatever Redis does
   */
  close(timeoutMs: number): Promise<void>
}

/** Starts a {@link Consumer}. */
export function createConsumer<Q extends QueueKind>(options: ConsumerOptions<Q>): Consumer {
  const { connection, prefix, hooks, concurrency } = options
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const name = queueName(options.queue, options.sink)
  const onError = withoutRepeats((error) => hooks.onError(error))
  const queues = openQueues(connection, prefix, onError)
  const quarantine = openQuarantine(queues, name, hooks)
  const locks = createLockWatch(limits.lockMs)
  const runner = createRunner({ ...options, queueName: name, quarantine, locks })
  const worker = new Worker(name, (job: Job, token?: string) => runner.run(job, token ?? ''), {
    connection,
    prefix,
    concurrency,
    lockDuration: limits.lockMs,
    stalledInterval: limits.stalledCheckMs,
    maxStalledCount: limits.maxStalls,
    runRetryDelay: FETCH_RETRY_MS,
  })
  locks.follow(worker)
  worker.on('error', onError)
  worker.on('failed', (job, error) => {
    if (job && exceededStalls(error)) void quarantine.put(job, error.message)
  })
  return {
    ready: () => worker.waitUntilReady(),
    alive: createHealthCheck(worker, connection, () => runner.running() < concurrency),
    close: (timeoutMs) =>
      within(timeoutMs, async () => {
        const timer = setTimeout(() => runner.abortAll(handedBack()), Math.max(0, timeoutMs - HAND_BACK_MS))
        await worker.close()
        clearTimeout(timer)
        await quarantine.idle()
        await queues.close()
      }),
  }
}

async function within(timeoutMs: number, work: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs)
  })
  await Promise.race([work(), late])
  clearTimeout(timer)
}
