import type { Job } from 'bullmq'
import { queueName } from './catalog.js'
import type { ConsumerHooks } from './consumer-hooks.js'
import { jobOptions } from './job-options.js'
import type { QuarantineJob } from './jobs.js'
import { writePayload } from './payload.js'
import type { QueueSet } from './queue-set.js'

/** Where jobs go that nobody should try again without looking. */
export interface Quarantine {
  /** Never throws: what cannot be put there is told to `onError`, and the failed job itself still holds its reason. */
  put(job: Job, reason: string): Promise<void>
  /** Resolves when nothing is on its way there. */
  idle(): Promise<void>
}

/** Payloads over this many bytes are no jobs of ours; their size is kept instead. */
const MAX_KEPT_BYTES = 8192

/** @param from queue whose jobs are put there */
export function openQuarantine(queues: QueueSet, from: string, hooks: ConsumerHooks): Quarantine {
  const pending = new Set<Promise<void>>()
  return {
    put(job, reason) {
      const putting = store(queues, entryOf(job, from, reason), hooks).catch((error: Error) => hooks.onError(error))
      pending.add(putting)
      return putting.finally(() => pending.delete(putting))
    },
    async idle() {
      await Promise.all(pending)
    },
  }
}

/** Did BullMQ fail the job because it took down too many workers? `attempts` does not count crashes. */
export function exceededStalls(error: Error): boolean {
  return error.message === 'job stalled more than allowable limit'
}

async function store(queues: QueueSet, entry: Omit<QuarantineJob, 'version'>, hooks: ConsumerHooks): Promise<void> {
  const queue = await queues.queue(queueName('quarantine'))
  const data = writePayload('quarantined', entry)
  await queue.add('quarantined', data, jobOptions('quarantined'))
  hooks.onQuarantine?.(data)
}

function entryOf(job: Job, queue: string, reason: string): Omit<QuarantineJob, 'version'> {
  const bytes = Buffer.byteLength(JSON.stringify(job.data ?? null))
  return {
    correlation: correlationOf(job.data),
    queue,
    name: job.name.slice(0, 512),
    jobId: String(job.id).slice(0, 512),
    reason: reason.slice(0, 4096),
    data: bytes > MAX_KEPT_BYTES ? `${bytes} bytes` : job.data,
    at: new Date().toISOString(),
  }
}

/** The correlation id of a payload that was not checked yet; `unknown` when it has none. */
export function correlationOf(data: unknown): string {
  const found = typeof data === 'object' && data !== null && 'correlation' in data ? data.correlation : undefined
  return typeof found === 'string' && found.length > 0 && found.length <= 128 ? found : 'unknown'
}
