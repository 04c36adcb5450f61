import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.js'
import { type FaultChain, startFaultChain } from '../support/fault-chain.js'
import { type PrivateRedis, privateRedis } from '../support/private-redis.js'

/** Longer than a job's lock and two of its tries. */
const OUTAGE_MS = 20_000

describe("a push around a fault of varTrack's own Redis", () => {
  let own: PrivateRedis
  let admin: Redis
  let chain: FaultChain
  const commit = (host: string) => chain.repository.commitFiles('main', { 'configs/app.yaml': `host: ${host}\n` }, host, { notify: false })
  const announceUntilTaken = () =>
    eventually(async () => {
      await chain.announce('refs/heads/main')
      return chain.host.deliveries.at(-1)?.status === 202
    })

  beforeAll(async () => {
    own = await privateRedis()
    admin = new Redis(own.url, { maxRetriesPerRequest: null })
    admin.on('error', () => undefined)
    chain = await startFaultChain({ name: 'queues', pollInterval: '1s', redisUrl: own.url })
    await commit('first')
    await chain.announce('refs/heads/main')
    await chain.eventuallyEverywhere({ host: 'first' })
  }, 120_000)
  afterAll(async () => {
    admin?.disconnect()
    await chain?.[Symbol.asyncDispose]()
    await own?.remove()
  })

  it('is answered 503 while Redis is away, the process stays alive, and the push that comes again arrives', async () => {
    await own.kill()
    await commit('while away')
    await chain.announce('refs/heads/main')
    expect(chain.host.deliveries.at(-1)?.status).toBe(503)
    expect((await fetch(`${chain.varTrack.adminUrl}/health/readiness`)).status).toBe(503)
    expect((await fetch(`${chain.varTrack.adminUrl}/health/liveness`)).status).toBe(200)
    await own.start()
    await announceUntilTaken()
    await chain.eventuallyEverywhere({ host: 'while away' })
  })

  it('arrives when Redis is restarted right after it was accepted', async () => {
    await commit('accepted')
    await announceUntilTaken()
    await own.kill()
    await own.start()
    await chain.eventuallyEverywhere({ host: 'accepted' }, 30_000)
  })

  it('arrives, and drift is healed again, after Redis was away for 20 s', async () => {
    await commit('long')
    await announceUntilTaken()
    await own.kill()
    const killed = performance.now()
    await eventually(() => performance.now() - killed > OUTAGE_MS, { timeoutMs: 2 * OUTAGE_MS })
    await own.start()
    await chain.eventuallyEverywhere({ host: 'long' }, 30_000)
    await chain.stores.redis.tamper('host', 'evil')
    await chain.eventuallyEverywhere({ host: 'long' }, 30_000)
  }, 90_000)

  it('arrives when Redis is emptied again and again while pushes come', async () => {
    for (let index = 0; index < 10; index++) {
      await commit(`load ${index}`)
      await announceUntilTaken()
      await admin.flushall()
    }
    await commit('after the load')
    await announceUntilTaken()
    await chain.eventuallyEverywhere({ host: 'after the load' }, 30_000)
  })

  it('is answered 503 while Redis is full, and arrives when there is room', async () => {
    await admin.config('SET', 'maxmemory', '1')
    await commit('full')
    await chain.announce('refs/heads/main')
    expect(chain.host.deliveries.at(-1)?.status).toBe(503)
    expect((await fetch(`${chain.varTrack.adminUrl}/health/readiness`)).status).toBe(503)
    await admin.config('SET', 'maxmemory', '0')
    await announceUntilTaken()
    await chain.eventuallyEverywhere({ host: 'full' })
  })

  it('is answered 503 while Redis is a replica that may not be written, and arrives when it is a master again', async () => {
    await admin.replicaof('127.0.0.1', '1')
    await commit('read-only')
    await chain.announce('refs/heads/main')
    expect(chain.host.deliveries.at(-1)?.status).toBe(503)
    await admin.replicaof('NO', 'ONE')
    await announceUntilTaken()
    await chain.eventuallyEverywhere({ host: 'read-only' }, 30_000)
  })
})
