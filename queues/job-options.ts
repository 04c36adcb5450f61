import { randomUUID } from 'node:crypto'
import type { JobsOptions } from 'bullmq'
import { CATALOG, type JobName, LANES, type Lane } from './catalog.js'

/**
 * BullMQ's options for one job of the catalog. The id is random: BullMQ's own counter starts again when Redis is emptied, and a fixed id that is
 * still retained makes a new job vanish without an error.
 */
export function jobOptions(name: JobName, lane: Lane = CATALOG[name].lane): JobsOptions & { jobId: string } {
  return { ...repeatedJobOptions(name, lane), jobId: `j${randomUUID()}` }
}

/** The part of {@link jobOptions} that a job scheduler repeats. Stacks are not stored: they may hold values. */
export function repeatedJobOptions(name: JobName, lane: Lane = CATALOG[name].lane): JobsOptions {
  const { attempts, backoff, keepCompleted, keepFailed } = CATALOG[name]
  return { attempts, backoff, removeOnComplete: keepCompleted, removeOnFail: keepFailed, stackTraceLimit: 0, priority: LANES[lane] }
}
