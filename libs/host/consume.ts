import { type Consumer, type ConsumerHooks, createConsumer, type Handlers, type QueueKind } from '@vartrack/queues'
import { observeJobs } from '@vartrack/runtime'
import type { Base } from './base.js'

/** How a queue is worked. */
export interface ConsumeOptions {
  /** Sink type, for the queue `write`. */
  readonly sink?: string
  readonly concurrency?: number
  readonly onReplan?: NonNullable<ConsumerHooks['onReplan']>
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
    hooks: { ...observeJobs(log, metrics.jobs), ...(options.onReplan ? { onReplan: options.onReplan } : {}) },
    mask: (text) => mask.text(text),
    ...(options.sink ? { sink: options.sink } : {}),
  })
  base.onDrain(`the worker of ${queue}${options.sink ? `-${options.sink}` : ''}`, (timeoutMs) => consumer.close(timeoutMs))
  await consumer.ready()
  return consumer
}
