import { type Consumer, createConsumer, type Handlers, type QueueKind } from '@vartrack/queues'
import type { Base } from './base.js'
import { observeJobs } from './observe-jobs.js'

/** How a queue is worked. */
export interface ConsumeOptions {
  /** Sink type, for the queue `write`. */
  readonly sink?: string
  readonly concurrency?: number
}

/** Works the jobs of a queue, over a connection of its own, until the process closes. */
export async function consume<Q extends QueueKind>(base: Base, queue: Q, handlers: Handlers<Q>, options: ConsumeOptions): Promise<Consumer> {
  const { config, log, metrics, mask } = base
  const consumer = createConsumer({
    connection: await base.connect('worker'),
    prefix: config.redisPrefix,
    queue,
    handlers,
    concurrency: options.concurrency ?? config.concurrency,
    hooks: observeJobs(log, metrics.jobs),
    mask: (text) => mask.text(text),
    ...(options.sink ? { sink: options.sink } : {}),
  })
  base.onDrain(`the worker of ${queue}${options.sink ? `-${options.sink}` : ''}`, (timeoutMs) => consumer.close(timeoutMs))
  await consumer.ready()
  return consumer
}
