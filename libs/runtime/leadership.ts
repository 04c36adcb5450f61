import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import Redlock from 'redlock'
import { type HeldLock, tryLock } from './held-lock.js'

/** A time of leading. */
export interface Term {
  /** Grows from term to term, also when Redis was emptied in between: what an older leader left behind is told by it. */
  readonly epoch: number
  /** Aborts when the term is over; another replica may lead by then. */
  readonly signal: AbortSignal
}

/** What is stood for, and what the leader does. */
export interface LeadershipOptions {
  readonly redis: Redis
  readonly prefix: string
  /** What is led: `watcher`. */
  readonly name: string
  /** Does the leader's work until the signal aborts. A throw ends the term. */
  readonly lead: (term: Term) => Promise<void>
  readonly onError: (error: Error) => void
  /** Default 12 s: with the next try of a successor a dead leader is replaced within 15 s, also on a machine short of CPU. */
  readonly ttlMs?: number
  /** Default 500 ms. */
  readonly tryEveryMs?: number
}

/** One replica's part in an election. */
export interface Leadership {
  leads(): boolean
  /** Gives up the lock, so that a successor needs not wait. Resolves when the leader's work has ended. */
  close(): Promise<void>
}

/** One more than the last epoch, and never below the clock of Redis in seconds: a counter that was lost does not start again. */
const NEXT_EPOCH = `
local epoch = math.max((tonumber(redis.call('GET', KEYS[1])) or 0) + 1, tonumber(redis.call('TIME')[1]))
redis.call('SET', KEYS[1], string.format('%.0f', epoch))
return epoch`

/** Stands for election until closed: one of all replicas leads at a time, as far as a lock can tell (docs: a stopped leader wakes beside its successor). */
export function standForElection(options: LeadershipOptions): Leadership {
  const { redis, prefix, name, ttlMs = 12_000, tryEveryMs = 500, onError } = options
  const redlock = new Redlock([redis])
  redlock.on('error', () => undefined) // Each call answers for itself.
  const closing = new AbortController()
  let leading = false
  const tryOnce = async () => {
    const lock = await tryLock(redlock, `${prefix}:leader:${name}`, ttlMs)
    if (!lock) return
    leading = true
    await holdOffice(options, lock, closing.signal).catch(onError)
    leading = false
    await lock.release()
  }
  const running = (async () => {
    while (!closing.signal.aborted) {
      if (redis.status === 'ready') await tryOnce()
      await pause(tryEveryMs, closing.signal)
    }
  })()
  return {
    leads: () => leading,
    async close() {
      closing.abort()
      await running
    },
  }
}

async function holdOffice({ redis, prefix, name, lead }: LeadershipOptions, lock: HeldLock, closing: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([lock.lost, closing])
  const epoch = Number(await redis.eval(NEXT_EPOCH, 1, `${prefix}:leader:${name}:epoch`))
  await lead({ epoch, signal })
  await aborted(signal)
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Ends early, and quietly, when the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined)
}
