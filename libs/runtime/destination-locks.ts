import { setTimeout as delay } from 'node:timers/promises'
import { VarTrackError } from '@vartrack/errors'
import type { Redis } from 'ioredis'
import Redlock from 'redlock'
import { type HeldLock, tryLock } from './held-lock.js'

/** Longer than a write of an ordinary destination; extended for the others. In ms. */
const TTL_MS = 10_000
/** A writer waits this long for another one, then it gives the job back and works on something else. */
const PATIENCE_MS = 5_000

/** Runs work while no other writer works at the same destination. */
export type Exclusively = <T>(
  at: { readonly datasource: string; readonly location: string },
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
) => Promise<T>

/**
 * Locks of destinations in Redis. They keep writers from wasting work on one destination; what makes a write safe is the generation at the destination.
 * The signal given to the work aborts when the caller's does or the lock is lost.
 * @throws VarTrackError `lock.busy` (wait) after 5 s
 */
export function createDestinationLocks(redis: Redis, prefix: string): Exclusively {
  const redlock = new Redlock([redis])
  redlock.on('error', () => undefined) // Each call answers for itself.
  return async (at, signal, work) => {
    const resource = `${prefix}:lock:${encodeURIComponent(at.datasource)}:${encodeURIComponent(at.location)}`
    const lock = await waitForLock(redlock, resource, signal, at)
    try {
      return await work(AbortSignal.any([signal, lock.lost]))
    } finally {
      await lock.release()
    }
  }
}

async function waitForLock(redlock: Redlock, resource: string, signal: AbortSignal, at: { datasource: string; location: string }): Promise<HeldLock> {
  const until = performance.now() + PATIENCE_MS
  do {
    signal.throwIfAborted()
    const lock = await tryLock(redlock, resource, TTL_MS)
    if (lock) return lock
    await delay(25 + Math.random() * 50)
  } while (performance.now() < until)
  throw new VarTrackError({
    code: 'lock.busy',
    message: 'Another writer works at the destination.',
    remedy: 'Nothing to do: the job comes back when the other is done.',
    place: { datasource: at.datasource, destination: at.location },
    disposition: { kind: 'wait', afterMs: 1_000 },
  })
}
