import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { CATALOG, type JobData, type JobInput, type JobName, type Lane, type QueueKind, queueName } from './catalog.js'
import { healKey, planKey, planLane } from './coalescing.js'
import { addFlow, type FlowChild } from './flow.js'
import { jobOptions } from './job-options.js'
import { isOver } from './over.js'
import { writePayload } from './payload.js'
import { openQueues, type QueueSet } from './queue-set.js'
import { withoutRepeats } from './repeat-filter.js'
import { createSchedulers, type Schedulers } from './schedulers.js'
import { unavailable } from './unavailable.js'

/** What {@link createProducer} is given. */
export interface ProducerOptions {
  /** A connection that is ready and fails fast: no offline queue, one retry, a command timeout. It stays the caller's to close. */
  readonly connection: Redis
  /** Before every key; `{name}` keeps all keys in one slot of a cluster. */
  readonly prefix: string
  /** Hears of faults that no call waits for, such as a lost connection. */
  readonly onError: (error: Error) => void
}

/** Jobs of the writers say which sink's queue they go to. */
export type AddOptions<N extends JobName> = { readonly lane?: Lane } & (N extends 'write' | 'restore'
  ? { readonly sink: string }
  : { readonly sink?: never })

type AddArguments<N extends JobName> = N extends 'write' | 'restore' ? [options: AddOptions<N>] : [options?: AddOptions<N>]

/** Adds jobs. Every method throws `queue.unavailable` (status 503, retry) when Redis does not take the job, at once rather than late. */
export interface Producer extends Schedulers {
  /**
   * Adds a job and gives its id, after Redis has it. A plan that waits already absorbs another of the same meaning, and its id is given;
   * so does a heal that waits or runs. What is in the way and will never run absorbs nothing.
   * @throws VarTrackError `job.payload` when the payload is not what the catalog says
   */
  add<N extends JobName>(name: N, data: JobInput<N>, ...options: AddArguments<N>): Promise<string>
  /**
   * Adds writes, and the settle job that runs when each of them has ended either way.
   * @returns id of the settle job
   */
  addFlow(settle: JobInput<'settle'>, children: readonly FlowChild[], options?: { readonly lane?: Lane }): Promise<string>
  /** Readiness: proves that Redis takes a job. A PING is answered by a full Redis too. */
  ready(): Promise<void>
  /** How many jobs wait or are delayed: what scaling looks at. */
  depth(queue: QueueKind, sink?: string): Promise<number>
  /** BullMQ's own queue, for the board. `sink`: for `write`. */
  queue(queue: QueueKind, sink?: string): Promise<Queue>
  close(): Promise<void>
}

/** Opens a {@link Producer}. */
export function createProducer({ connection, prefix, onError }: ProducerOptions): Producer {
  const queues = openQueues(connection, prefix, withoutRepeats(onError))
  return {
    ...createSchedulers(queues),
    add: async (name, data, ...[options]) => addJob(queues, name, writePayload(name, data), options ?? {}),
    addFlow: (settle, children, options) => addFlow(queues, settle, children, options?.lane ?? 'normal'),
    ready: () => proveAdd(queues),
    depth: async (kind, sink) => {
      const queue = await queues.queue(queueName(kind, sink))
      return queue.getJobCountByTypes('waiting', 'prioritized', 'delayed').catch(unavailable)
    },
    queue: (kind, sink) => queues.queue(queueName(kind, sink)),
    close: () => queues.close(),
  }
}

interface AnyAddOptions {
  readonly lane?: Lane
  readonly sink?: string
}

async function addJob<N extends JobName>(queues: QueueSet, name: N, data: JobData<N>, add: AnyAddOptions): Promise<string> {
  const queue = await queues.queue(queueName(CATALOG[name].queue, add.sink))
  const options = optionsFor(name, data, add)
  const addOnce = () => queue.add(name, data, options).catch(unavailable)
  let job = await addOnce()
  if (job.id !== options.jobId && (await isOver(queue, job.id as string).catch(unavailable))) {
    await job.removeDeduplicationKey().catch(unavailable)
    job = await addOnce()
  }
  return job.id as string
}

function optionsFor(name: JobName, data: object, { lane }: AnyAddOptions) {
  if (name === 'heal') return { ...jobOptions(name, lane), deduplication: { id: healKey(data as JobData<'heal'>) } }
  if (name !== 'plan') return jobOptions(name, lane)
  const plan = data as JobData<'plan'>
  const chosen = lane ?? planLane(plan.cause)
  return { ...jobOptions('plan', chosen), deduplication: { id: planKey(plan, chosen), keepLastIfActive: true } }
}

/** Adds a job to a queue nobody works, and takes it out again. The id is fixed, so that a crash in between leaves one job at most. */
async function proveAdd(queues: QueueSet): Promise<void> {
  const queue = await queues.queue('readiness')
  await queue.add('probe', {}, { jobId: 'probe', stackTraceLimit: 0 }).catch(unavailable)
  await queue.remove('probe').catch(unavailable)
}
