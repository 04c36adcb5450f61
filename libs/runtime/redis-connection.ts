import { VarTrackError } from '@vartrack/errors'
import { Redis, type RedisOptions } from 'ioredis'
import { requireFitRedis } from './redis-fitness.js'

/**
 * What a connection is for.
 * - `producer`: a command fails within 2 s, and at once while Redis is away, so that a door can answer 503.
 * - `worker`: a command waits for Redis as long as it takes, as BullMQ's workers need it.
 * - `state`: as `producer`, with 5 s for large values.
 */
export type RedisKind = 'producer' | 'worker' | 'state'

/** A URL (`redis://`, `rediss://`), or the unix socket of the embedded server. */
export type RedisTarget = string | { readonly socket: string; readonly password: string }

/** Who hears of outages, and how long the first answer may take. */
export interface ConnectOptions {
  /** Hears of every outage once, by its first error. */
  readonly onError: (error: Error) => void
  /** How long to wait for Redis at start, in ms. Default 30 s. */
  readonly startTimeoutMs?: number
}

/**
 * A reconnect every 50 to 500 ms: an outage ends for us at most half a second after it ends for Redis, and a fleet does not return at one instant.
 */
function reconnectAfter(times: number): number {
  return Math.min(50 * 2 ** Math.min(times - 1, 4), 500) * (0.5 + Math.random() / 2)
}

const FAIL_FAST = { maxRetriesPerRequest: 1, enableOfflineQueue: false } as const
const BY_KIND: Record<RedisKind, RedisOptions> = {
  producer: { ...FAIL_FAST, commandTimeout: 2_000 },
  state: { ...FAIL_FAST, commandTimeout: 5_000 },
  worker: { maxRetriesPerRequest: null },
}

/**
 * Opens a connection and checks that varTrack can live on that Redis.
 * @throws VarTrackError `redis.unreachable`, `redis.eviction`, `redis.version`, `redis.credentials`
 */
export async function connectRedis(target: RedisTarget, kind: RedisKind, options: ConnectOptions): Promise<Redis> {
  const redis = open(target, { ...BY_KIND[kind], lazyConnect: true, connectTimeout: 3_000, retryStrategy: reconnectAfter, reconnectOnError })
  tellOncePerOutage(redis, options.onError)
  try {
    await becomesReady(redis, target, options.startTimeoutMs ?? 30_000)
    await requireFitRedis(redis)
    return redis
  } catch (error) {
    redis.disconnect()
    throw error
  }
}

/** Every attempt to reconnect fails with an error of its own. */
function tellOncePerOutage(redis: Redis, onError: (error: Error) => void): void {
  let told = false
  redis.on('ready', () => {
    told = false
  })
  redis.on('error', (error: Error) => {
    if (!told) onError(error)
    told = true
  })
}

function open(target: RedisTarget, options: RedisOptions): Redis {
  const legacy = { ...options, replyMapping: 'legacy' } as const
  return typeof target === 'string' ? new Redis(target, legacy) : new Redis(target.socket, { ...legacy, password: target.password })
}

/** After a failover the old master answers READONLY: connect anew and send the command again. */
function reconnectOnError(error: Error): false | 2 {
  return error.message.startsWith('READONLY') ? 2 : false
}

function becomesReady(redis: Redis, target: RedisTarget, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let last = 'no answer'
    const timer = setTimeout(() => reject(unreachable(target, last)), timeoutMs)
    const end = (then: () => void) => {
      clearTimeout(timer)
      then()
    }
    redis.on('error', (error: Error) => {
      last = error.message
      if (/^(NOAUTH|WRONGPASS|NOPERM)/.test(error.message)) end(() => reject(refused(target, error)))
    })
    redis.once('ready', () => end(resolve))
    // A first attempt that fails is followed by others; what it said arrives as an error event.
    redis.connect().catch((error: Error) => {
      last = error.message
    })
  })
}

function unreachable(target: RedisTarget, why: string): VarTrackError {
  return new VarTrackError({
    code: 'redis.unreachable',
    message: `Redis at ${nameOf(target)} could not be reached: ${why}.`,
    remedy: 'Check REDIS_URL and that the server runs.',
    disposition: { kind: 'retry' },
    status: 503,
  })
}

function refused(target: RedisTarget, cause: Error): VarTrackError {
  const remedy = 'Check user and password in REDIS_URL.'
  return new VarTrackError({ code: 'redis.credentials', message: `Redis at ${nameOf(target)} refused the credentials.`, remedy, cause })
}

/** Never with credentials. */
function nameOf(target: RedisTarget): string {
  if (typeof target !== 'string') return target.socket
  return URL.canParse(target) ? new URL(target).host : 'an address that is no URL'
}
