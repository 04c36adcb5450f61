import { FlowProducer, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { unavailable } from './unavailable.js'

/** The queues of one producer, each opened when it is first used. */
export interface QueueSet {
  readonly prefix: string
  /** @throws VarTrackError `queue.unavailable` */
  queue(name: string): Promise<Queue>
  /** @throws VarTrackError `queue.unavailable` */
  flows(): Promise<FlowProducer>
  close(): Promise<void>
}

interface Opened {
  on(event: 'error', listener: (error: Error) => void): unknown
  waitUntilReady(): Promise<unknown>
  close(): Promise<void>
}

/**
 * Opens queues on one shared connection, which stays the caller's.
 * BullMQ keeps the failure of a queue that was opened while Redis was away; such a queue is thrown away and opened anew at the next use.
 */
export function openQueues(connection: Redis, prefix: string, onError: (error: Error) => void): QueueSet {
  const options = { connection, prefix, skipWaitingForReady: true }
  const opened = new Map<string, Promise<Opened>>()
  const once = <T extends Opened>(key: string, create: () => T): Promise<T> => {
    const known = opened.get(key) ?? open(create, onError)
    opened.set(key, known)
    return known.catch((error: unknown) => {
      opened.delete(key)
      return unavailable(error)
    }) as Promise<T>
  }
  return {
    prefix,
    queue: (name) => once(`queue ${name}`, () => new Queue(name, options)),
    flows: () => once('flows', () => new FlowProducer(options)),
    close: async () => {
      await Promise.allSettled([...opened.values()].map(async (one) => (await one).close()))
    },
  }
}

async function open<T extends Opened>(create: () => T, onError: (error: Error) => void): Promise<T> {
  const one = create()
  one.on('error', onError)
  await one.waitUntilReady()
  return one
}
