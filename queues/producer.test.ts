import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../test/support/eventually.js'
import { type PrivateRedis, privateRedis } from '../test/support/private-redis.js'
import { type Consumer, createConsumer, createProducer, type JobInput, type Producer } from './index.js'

let server: PrivateRedis
let redis: Redis
let worker: Redis
let producer: Producer
let prefix: string
const open: Consumer[] = []

beforeAll(async () => {
  server = await privateRedis()
  redis = new Redis(server.url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 2_000,
    retryStrategy: () => 100,
    lazyConnect: true,
  })
  redis.on('error', () => undefined)
  await redis.connect()
  worker = new Redis(server.url, { maxRetriesPerRequest: null, retryStrategy: () => 100 })
  worker.on('error', () => undefined)
})
afterAll(async () => {
  redis.disconnect()
  worker.disconnect()
  await server.remove()
})
beforeEach(() => {
  prefix = `{${randomUUID()}}`
  producer = createProducer({ connection: redis, prefix, onError: () => undefined })
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((consumer) => consumer.close(2_000)))
  await producer.close()
})

function plan(changes: Partial<JobInput<'plan'>> = {}): JobInput<'plan'> {
  return { correlation: 'c', cause: 'webhook', platform: 'github', repo: 'acme/app', ref: 'refs/heads/main', dryRun: false, full: false, ...changes }
}

/** Works plans until the test ends; `hold` keeps each running until it resolves. */
function planner(hold: () => Promise<void> = async () => undefined): JobInput<'plan'>[] {
  const worked: JobInput<'plan'>[] = []
  const handlers = {
    plan: async (data: JobInput<'plan'>) => {
      worked.push(data)
      await hold()
    },
  }
  open.push(createConsumer({ connection: worker, prefix, queue: 'plan', handlers, concurrency: 1, hooks: { onError: () => undefined } }))
  return worked
}

async function failFirst({ target }: { target: number }): Promise<void> {
  if (target === 0) throw new Error('broken')
}

describe('adding a plan', () => {
  it('is absorbed by one of the same meaning that waits', async () => {
    const first = await producer.add('plan', plan())
    const second = await producer.add('plan', plan({ correlation: 'other' }))
    expect(second).toBe(first)
    expect(await producer.depth('plan')).toBe(1)
  })

  it('is not absorbed by another ref, a dry run, a pull request that closes, or a sweep', async () => {
    const request = { number: 1, head: 'f', base: 'main', closed: false }
    const plans = [
      plan(),
      plan({ ref: 'refs/heads/dev' }),
      plan({ dryRun: true }),
      plan({ full: true }),
      plan({ datasource: 'redis' }),
      plan({ pullRequest: request }),
      plan({ pullRequest: { ...request, closed: true } }),
      plan({ cause: 'sweep' }),
    ]
    for (const one of plans) await producer.add('plan', one)
    expect(await producer.depth('plan')).toBe(plans.length)
  })

  it('is followed by exactly one more when it runs already, however many come', async () => {
    const hold = new EventEmitter()
    const worked = planner(async () => void (await once(hold, 'release', { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)))
    await producer.add('plan', plan({ correlation: 'first' }))
    await eventually(() => worked.length === 1)
    for (let i = 0; i < 10; i++) await producer.add('plan', plan({ correlation: `later-${i}` }))
    hold.emit('release')
    await eventually(() => worked.length === 2)
    hold.emit('release')
    await producer.add('plan', plan({ ref: 'refs/heads/end' }))
    await eventually(() => worked.some((one) => one.ref === 'refs/heads/end'))
    expect(worked.map((one) => one.correlation)).toEqual(['first', 'later-9', 'c'])
  })

  it('runs again after one that is finished and still kept: an id never makes it vanish', async () => {
    const worked = planner()
    for (let i = 1; i <= 5; i++) {
      await producer.add('plan', plan())
      await eventually(() => worked.length === i)
      const queue = await producer.queue('plan')
      await eventually(async () => (await queue.getCompletedCount()) === i)
    }
    expect(worked).toHaveLength(5)
  })

  it('is never held by a finished job that the emptied Redis forgot', async () => {
    await producer.add('plan', plan())
    const keys = (await redis.keys(`${prefix}:plan:*`)).filter((key) => !key.includes(':de:'))
    await redis.del(...keys)
    await producer.add('plan', plan())
    const worked = planner()
    await eventually(() => worked.length > 0)
    expect(worked).toHaveLength(1)
  })

  it('is not absorbed by one that a damaged Redis has in no list any more', async () => {
    const lost = await producer.add('plan', plan({ correlation: 'lost' }))
    await redis.del(`${prefix}:plan:prioritized`)
    const later = await producer.add('plan', plan({ correlation: 'later' }))
    expect(later).not.toBe(lost)
    expect(await producer.add('plan', plan())).toBe(later)
    const worked = planner()
    await eventually(() => worked.length > 0)
    expect(worked.map((one) => one.correlation)).toEqual(['later'])
  })

  it('is not absorbed by one that has ended, and whose key a damaged Redis has again', async () => {
    const ended = await producer.add('plan', plan())
    const [key = ''] = await redis.keys(`${prefix}:plan:de:*`)
    const worked = planner()
    const queue = await producer.queue('plan')
    await eventually(async () => (await queue.getCompletedCount()) === 1)
    await redis.set(key, ended)
    expect(await producer.add('plan', plan())).not.toBe(ended)
    await eventually(() => worked.length === 2)
  })

  it('is not absorbed by a heal that a damaged Redis has in no list any more', async () => {
    const heal = { correlation: 'c', datasource: 'redis', location: 'production', source: 'github/acme/app' }
    const lost = await producer.add('heal', heal)
    expect(await producer.add('heal', heal)).toBe(lost)
    await redis.del(`${prefix}:heal:wait`)
    expect(await producer.add('heal', heal)).not.toBe(lost)
    expect(await producer.depth('heal')).toBe(1)
  })

  it('of a person goes before those of a sweep that came first', async () => {
    for (let i = 0; i < 20; i++) await producer.add('plan', plan({ cause: 'sweep', ref: `refs/heads/${i}` }))
    await producer.add('plan', plan())
    const worked = planner()
    await eventually(() => worked.length === 21)
    expect(worked[0]?.cause).toBe('webhook')
  })
})

describe('a payload', () => {
  it('that the catalog does not know is refused before it reaches Redis', async () => {
    await expect(producer.add('plan', { ...plan(), repo: '' })).rejects.toMatchObject({ code: 'job.payload' })
    await expect(producer.add('plan', { ...plan(), token: 'x' } as JobInput<'plan'>)).rejects.toMatchObject({ code: 'job.payload' })
    expect(await redis.keys(`${prefix}*`)).not.toContain(`${prefix}:plan:wait`)
  })

  it('over 4 KB is refused', async () => {
    const long = { head: 'h'.repeat(512), base: 'b'.repeat(512), number: 1, closed: false }
    const big = plan({ location: 'é'.repeat(2048), pullRequest: long })
    await expect(producer.add('plan', big)).rejects.toMatchObject({ code: 'job.payload' })
  })
})

describe('a flow', () => {
  it('runs its settle job when one write failed for good and the other succeeded', async () => {
    const settled: string[] = []
    const connection = { connection: worker, prefix, concurrency: 1, hooks: { onError: () => undefined } }
    open.push(createConsumer({ ...connection, queue: 'write', sink: 'redis', handlers: { write: failFirst, restore: async () => undefined } }))
    open.push(createConsumer({ ...connection, queue: 'settle', handlers: { settle: async ({ changeSet }) => void settled.push(changeSet) } }))
    await producer.addFlow(
      { correlation: 'c', changeSet: 's1' },
      [0, 1].map((target) => ({ name: 'write', sink: 'redis', data: { correlation: 'c', changeSet: 's1', target } })),
    )
    await eventually(() => settled.length > 0)
    expect(settled).toEqual(['s1'])
  })

  it('without writes settles at once', async () => {
    const settled: string[] = []
    const settle = async ({ changeSet }: { changeSet: string }) => void settled.push(changeSet)
    open.push(
      createConsumer({ connection: worker, prefix, concurrency: 1, hooks: { onError: () => undefined }, queue: 'settle', handlers: { settle } }),
    )
    await producer.addFlow({ correlation: 'c', changeSet: 's2' }, [])
    await eventually(() => settled.length > 0)
    expect(settled).toEqual(['s2'])
  })
})

describe('schedulers', () => {
  it('are added, changed, listed and removed', async () => {
    await producer.upsertScheduler('sweep', 'sweep-github', 60_000, { correlation: 'c', platform: 'github' })
    await producer.upsertScheduler('sweep', 'sweep-github', 30_000, { correlation: 'c', platform: 'github' })
    expect(await producer.schedulers('sweep')).toMatchObject([{ id: 'sweep-github', everyMs: 30_000, data: { platform: 'github' } }])
    expect(await producer.removeScheduler('sweep', 'sweep-github')).toBe(true)
    expect(await producer.removeScheduler('sweep', 'sweep-github')).toBe(false)
  })

  it('run their job again and again', async () => {
    let runs = 0
    const sweep = async () => {
      runs++
    }
    open.push(
      createConsumer({ connection: worker, prefix, concurrency: 1, hooks: { onError: () => undefined }, queue: 'sweep', handlers: { sweep } }),
    )
    await producer.upsertScheduler('sweep', 'sweep-github', 100, { correlation: 'c', platform: 'github' })
    await eventually(() => runs >= 3)
    expect(await producer.removeScheduler('sweep', 'sweep-github')).toBe(true)
  })
})

describe('a scheduler whose next job a damaged Redis has in no list any more', () => {
  it('is told of, and runs again when it is added again', async () => {
    await producer.upsertScheduler('sweep', 'sweep-github', 1_000, { correlation: 'c', platform: 'github' })
    expect(await producer.schedulers('sweep')).toMatchObject([{ stuck: false }])
    await redis.del(`${prefix}:sweep:delayed`, `${prefix}:sweep:wait`, `${prefix}:sweep:prioritized`)
    await eventually(async () => (await producer.schedulers('sweep'))[0]?.stuck)
    let runs = 0
    const handlers = { sweep: async () => void runs++ }
    open.push(createConsumer({ connection: worker, prefix, concurrency: 1, hooks: { onError: () => undefined }, queue: 'sweep', handlers }))
    await producer.upsertScheduler('sweep', 'sweep-github', 1_000, { correlation: 'c', platform: 'github' })
    await eventually(() => runs >= 2)
    expect(await producer.schedulers('sweep')).toMatchObject([{ stuck: false }])
  })
})

describe('readiness', () => {
  it('leaves nothing behind', async () => {
    await producer.ready()
    await producer.ready()
    expect(await redis.keys(`${prefix}:readiness:probe*`)).toEqual([])
  })

  it('fails on a full Redis that still answers PING', async () => {
    await redis.config('SET', 'maxmemory', '1')
    try {
      expect(await redis.ping()).toBe('PONG')
      await expect(producer.ready()).rejects.toMatchObject({ code: 'queue.unavailable', status: 503 })
    } finally {
      await redis.config('SET', 'maxmemory', '0')
    }
    await producer.ready()
  })
})

describe('a Redis that is away', () => {
  it('is told of once and not by every queue at every attempt', async () => {
    const errors: string[] = []
    const talkative = createProducer({ connection: redis, prefix, onError: (error) => void errors.push(error.message) })
    for (const queue of ['plan', 'heal', 'poll'] as const) await talkative.queue(queue)
    let attempts = 0
    redis.on('error', () => void attempts++)
    await server.kill()
    await eventually(() => attempts >= 5)
    expect(new Set(errors).size).toBe(errors.length)
    expect(errors.length).toBeGreaterThan(0)
    await server.start()
    await eventually(() => redis.status === 'ready')
    await talkative.close()
  })

  it('is told at once with 503, and needs no restart of the producer when it is back', async () => {
    await server.kill()
    await eventually(() => redis.status !== 'ready')
    const since = performance.now()
    await expect(producer.add('plan', plan())).rejects.toMatchObject({ code: 'queue.unavailable', status: 503, disposition: { kind: 'retry' } })
    await expect(producer.add('heal', { correlation: 'c', datasource: 'd', location: 'l', source: 's' })).rejects.toMatchObject({ status: 503 })
    expect(performance.now() - since).toBeLessThan(2_500)
    await server.start()
    await eventually(() => redis.status === 'ready')
    await producer.add('plan', plan())
    await producer.add('heal', { correlation: 'c', datasource: 'd', location: 'l', source: 's' })
    expect(await producer.depth('heal')).toBe(1)
  })
})
