import type { Worker } from 'bullmq'
import type { Redis } from 'ioredis'

/** Liveness of a consumer. */
export interface ConsumerHealth {
  /**
   * Says why the consumer is stuck, or `undefined` when it works: a job at the front of the queue that stays there for 30 s while this consumer has room for
   * it. A Redis that is away is no reason to restart.
   */
  alive(): Promise<string | undefined>
}

/** How long the same job may stand at the front of the queue, in ms. */
const STUCK_MS = 30_000

/**
 * The check of one worker; ask it again and again.
 * @param hasRoom could the consumer work one job more?
 * @returns why it is stuck, or `undefined`
 */
export function createHealthCheck(worker: Worker, connection: Redis, hasRoom: () => boolean): () => Promise<string | undefined> {
  let front: { readonly id: string; readonly since: number } | undefined
  return async () => {
    if (!worker.isRunning()) return `the worker of queue ${worker.name} has ended`
    if (connection.status !== 'ready') return undefined
    const id = hasRoom() ? await frontOf(worker, connection) : undefined
    if (id !== front?.id) front = id === undefined ? undefined : { id, since: performance.now() }
    const stuck = front !== undefined && performance.now() - front.since > STUCK_MS
    return stuck ? `job ${front?.id} waits in queue ${worker.name} while the worker is idle` : undefined
  }
}

async function frontOf(worker: Worker, connection: Redis): Promise<string | undefined> {
  const [paused, waiting, prioritized] = await Promise.all([
    connection.hexists(worker.toKey('meta'), 'paused'),
    connection.lindex(worker.toKey('wait'), -1),
    connection.zrange(worker.toKey('prioritized'), 0, '0'),
  ])
  return paused ? undefined : (waiting ?? prioritized[0])
}
