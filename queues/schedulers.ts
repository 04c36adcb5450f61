import type { JobSchedulerJson, Queue } from 'bullmq'
import { CATALOG, type JobInput, type JobName, queueName } from './catalog.js'
import { repeatedJobOptions } from './job-options.js'
import { isOver } from './over.js'
import { writePayload } from './payload.js'
import type { QueueSet } from './queue-set.js'
import { unavailable } from './unavailable.js'

/** Jobs that come again and again: the watcher's leader keeps them in step with the bundle. */
export type ScheduledJob = 'poll' | 'sweep' | 'refresh'

/** One scheduler as Redis knows it. */
export interface Scheduled {
  readonly id: string
  readonly everyMs: number | undefined
  /** The payload each of its jobs carries, not yet checked. */
  readonly data: unknown
  /** Its next job should have begun, and no list of Redis has it: nothing will ever run. Adding the scheduler again mends it (decision 003). */
  readonly stuck: boolean
}

/** A job that should have begun this long ago is looked for, in ms. */
const OVERDUE_MS = 2_000

/** The schedulers of the queues `poll`, `sweep` and `refresh`. All throw `queue.unavailable` when Redis is away. */
export interface Schedulers {
  /** Adds or changes a scheduler. The first run starts at once, of one that was stuck in its next slot; the next ones every `everyMs`. */
  upsertScheduler<N extends ScheduledJob>(name: N, id: string, everyMs: number, data: JobInput<N>): Promise<void>
  /** False when there was none of that id. */
  removeScheduler(name: ScheduledJob, id: string): Promise<boolean>
  schedulers(name: ScheduledJob): Promise<Scheduled[]>
}

/** @param queues opened when a scheduler of theirs is first asked for */
export function createSchedulers(queues: QueueSet): Schedulers {
  const open = (name: JobName) => queues.queue(queueName(CATALOG[name].queue))
  return {
    async upsertScheduler(name, id, everyMs, data) {
      const queue = await open(name)
      const template = { name, data: writePayload(name, data), opts: repeatedJobOptions(name) }
      await queue.upsertJobScheduler(id, { every: everyMs }, template).catch(unavailable)
    },
    async removeScheduler(name, id) {
      const queue = await open(name)
      return queue.removeJobScheduler(id).catch(unavailable)
    },
    async schedulers(name) {
      const queue = await open(name)
      const found = await queue.getJobSchedulers(0, -1).catch(unavailable)
      return Promise.all(found.map((one) => scheduledOf(queue, one)))
    },
  }
}

async function scheduledOf(queue: Queue, found: JobSchedulerJson): Promise<Scheduled> {
  const id = found.id ?? found.key
  const overdue = found.next !== undefined && Date.now() - found.next > OVERDUE_MS
  const stuck = overdue && (await isOver(queue, `repeat:${id}:${found.next}`).catch(unavailable))
  return { id, everyMs: found.every, data: found.template?.data, stuck }
}
