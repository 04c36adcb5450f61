import { readdir, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askApi } from '../support/admin-api.js'
import { ARRIVAL_MS } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { expectAlive } from '../support/expect-alive.js'
import { type FaultChain, startFaultChain } from '../support/fault-chain.js'
import { watchGenerations } from '../support/generations.js'
import { type PrivateRedis, privateRedis } from '../support/private-redis.js'
import { pushFirst, pushHost } from '../support/push-host.js'

/** Longer than all tries of a write, and than a job's lock. */
const OUTAGE_MS = 60_000

describe("a push around a fault of varTrack's own Redis", () => {
  let own: PrivateRedis
  let admin: Redis
  let chain: FaultChain
  let generations: ReturnType<typeof watchGenerations>
  const commit = (host: string) => pushHost(chain, host, { notify: false })
  const announceUntilTaken = () =>
    eventually(
      async () => {
        await chain.announce('refs/heads/main')
        return chain.host.deliveries.at(-1)?.status === 202
      },
      { timeoutMs: ARRIVAL_MS },
    )

  beforeAll(async () => {
    own = await privateRedis()
    admin = new Redis(own.url, { maxRetriesPerRequest: null })
    admin.on('error', () => undefined)
    chain = await startFaultChain({ name: 'queues', pollInterval: '1s', redisUrl: own.url })
    generations = watchGenerations(chain)
    await pushFirst(chain)
  }, 120_000)
  afterAll(async () => {
    admin?.disconnect()
    await generations?.stop()
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
    await chain.eventuallyEverywhere({ host: 'accepted' })
  })

  it('arrives, and drift is healed again, after Redis was away for a minute', async () => {
    await commit('long')
    await announceUntilTaken()
    await own.kill()
    const killed = performance.now()
    await eventually(() => performance.now() - killed > OUTAGE_MS, { timeoutMs: 2 * OUTAGE_MS })
    await own.start()
    await chain.eventuallyEverywhere({ host: 'long' })
    await chain.stores.redis.tamper('host', 'evil')
    await chain.eventuallyEverywhere({ host: 'long' })
  }, 180_000)

  it.each([0.95, 0.6, 0.2])(
    'arrives when Redis lost what it had written last, down to %d of it, right after the push was accepted',
    async (share) => {
      await commit(`kept ${share}`)
      await announceUntilTaken()
      await own.kill()
      await cutAppendOnlyFile(own.directory, share)
      await own.start()
      await eventually(() => askApi(chain.varTrack, '/jobs', { name: 'sweep', data: { platform: 'github' } }))
      await chain.eventuallyEverywhere({ host: `kept ${share}` })
      await chain.stores.zookeeper.tamper('host', 'evil')
      await chain.eventuallyEverywhere({ host: `kept ${share}` })
    },
  )

  it('arrives when Redis is emptied again and again while pushes come', async () => {
    for (let index = 0; index < 10; index++) {
      await commit(`load ${index}`)
      await announceUntilTaken()
      await admin.flushall()
    }
    await commit('after the load')
    await announceUntilTaken()
    await chain.eventuallyEverywhere({ host: 'after the load' })
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
    await chain.eventuallyEverywhere({ host: 'read-only' })
  })

  it('never lets a generation fall, and leaves the process alive', async () => {
    expect(generations.seen.length).toBeGreaterThan(10)
    expect(generations.seen).toEqual(generations.seen.toSorted((one, other) => one - other))
    await expectAlive(chain.varTrack)
  })
})

/** Leaves so much of what Redis has written since its start, as a crash of the machine may. */
async function cutAppendOnlyFile(directory: string, share: number): Promise<void> {
  const folder = join(directory, 'appendonlydir')
  const [name = ''] = (await readdir(folder)).filter((each) => each.endsWith('.incr.aof'))
  const { size } = await stat(join(folder, name))
  expect(size).toBeGreaterThan(10_000)
  await truncate(join(folder, name), Math.floor(size * share))
}
