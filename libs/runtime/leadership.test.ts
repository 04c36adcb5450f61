import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../test/support/eventually.js'
import { type PrivateRedis, privateRedis } from '../../test/support/private-redis.js'
import { connectRedis, createDestinationLocks, type Leadership, standForElection, type Term } from './index.js'

let server: PrivateRedis
let redis: Redis
let prefix: string
const standing: Leadership[] = []

beforeAll(async () => {
  server = await privateRedis()
  redis = await connectRedis(server.url, 'state', { onError: () => undefined })
})
afterAll(async () => {
  redis.disconnect()
  await server.remove()
})
beforeEach(() => {
  prefix = `{${randomUUID()}}`
})
afterEach(async () => {
  await Promise.all(standing.splice(0).map((one) => one.close()))
})

/** Extended after a third of it: a busy machine does not cost a term unasked. */
const TTL_MS = 3_000
/** Nobody waits for the end of such a lock. */
const FOR_LONG_MS = 300_000

function candidate(terms: Term[], ttlMs = TTL_MS): Leadership {
  const lead = async (term: Term) => void terms.push(term)
  const one = standForElection({ redis, prefix, name: 'watcher', lead, onError: () => undefined, ttlMs, tryEveryMs: 20 })
  standing.push(one)
  return one
}

describe('the leader', () => {
  it('is one of all replicas, and stays it', async () => {
    const terms: Term[] = []
    const replicas = [candidate(terms), candidate(terms), candidate(terms)]
    await eventually(() => terms.length === 1)
    const start = performance.now()
    await eventually(() => performance.now() - start > TTL_MS + 1_000)
    expect(terms).toHaveLength(1)
    expect(replicas.filter((replica) => replica.leads())).toHaveLength(1)
    expect(terms[0]?.signal.aborted).toBe(false)
  })

  it('that closes is followed by another at once, with a higher epoch', async () => {
    const terms: Term[] = []
    const first = candidate(terms, FOR_LONG_MS)
    await eventually(() => terms.length === 1)
    candidate(terms, FOR_LONG_MS)
    await first.close()
    await eventually(() => terms.length === 2)
    expect(terms[0]?.signal.aborted).toBe(true)
    expect(terms[1]?.epoch).toBeGreaterThan(terms[0]?.epoch as number)
  })

  it('learns that its lock has gone, and the epoch does not start again when Redis was emptied', async () => {
    const terms: Term[] = []
    candidate(terms)
    await eventually(() => terms.length === 1)
    await redis.flushall()
    await eventually(() => terms.length === 2)
    expect(terms[0]?.signal.aborted).toBe(true)
    expect(terms[1]?.epoch).toBeGreaterThanOrEqual(terms[0]?.epoch as number)
  })

  it('whose work throws makes room for the next try', async () => {
    let tries = 0
    const errors: Error[] = []
    const lead = async () => {
      if (++tries === 1) throw new Error('broken')
    }
    standing.push(standForElection({ redis, prefix, name: 'watcher', lead, onError: (error) => errors.push(error), ttlMs: TTL_MS, tryEveryMs: 20 }))
    await eventually(() => tries === 2)
    expect(errors).toHaveLength(1)
  })
})

describe('the lock of a destination', () => {
  const at = { datasource: 'redis', location: 'prod/app' }

  it('lets one writer work at a time, and others wait their turn', async () => {
    const exclusively = createDestinationLocks(redis, prefix)
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++inside)
      await redis.ping()
      inside--
    }
    await Promise.all(Array.from({ length: 5 }, () => exclusively(at, AbortSignal.timeout(10_000), work)))
    expect(most).toBe(1)
    expect(await redis.keys(`${prefix}:lock:*`)).toEqual([])
  })

  it('does not keep writers of other destinations waiting', async () => {
    const exclusively = createDestinationLocks(redis, prefix)
    const signal = AbortSignal.timeout(10_000)
    const nested = await exclusively(at, signal, () => exclusively({ ...at, location: 'other' }, signal, async () => 'both'))
    expect(nested).toBe('both')
  })

  it('is asked for again later, by wait, when another writer keeps it', async () => {
    const exclusively = createDestinationLocks(redis, prefix)
    const signal = AbortSignal.timeout(20_000)
    const refused = exclusively(at, signal, () => exclusively(at, signal, async () => undefined))
    await expect(refused).rejects.toMatchObject({ code: 'lock.busy', disposition: { kind: 'wait' } })
  })

  it('is given back when the work throws', async () => {
    const exclusively = createDestinationLocks(redis, prefix)
    const signal = AbortSignal.timeout(10_000)
    await expect(exclusively(at, signal, async () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await exclusively(at, signal, async () => 'free')).toBe('free')
  })
})
