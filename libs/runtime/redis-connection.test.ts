import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../../test/support/eventually.js'
import { freePort } from '../../test/support/free-port.js'
import { type PrivateRedis, privateRedis } from '../../test/support/private-redis.js'
import { connectRedis } from './index.js'

const quiet = { onError: () => undefined }
let server: PrivateRedis

beforeAll(async () => {
  server = await privateRedis()
})
afterAll(async () => {
  await server.remove()
})

describe('a connection to Redis', () => {
  it('is refused when Redis would evict keys, with what to do', async () => {
    const evicting = await privateRedis('--maxmemory-policy', 'allkeys-lru')
    try {
      await expect(connectRedis(evicting.url, 'state', quiet)).rejects.toMatchObject({
        code: 'redis.eviction',
        message: expect.stringContaining('allkeys-lru') as string,
        remedy: expect.stringContaining('maxmemory-policy noeviction') as string,
      })
    } finally {
      await evicting.remove()
    }
  })

  it('is given up after the time to start when nobody listens, without showing the password', async () => {
    const target = `redis://:hunter22@127.0.0.1:${await freePort()}`
    const refused = connectRedis(target, 'state', { ...quiet, startTimeoutMs: 300 })
    await expect(refused).rejects.toMatchObject({
      code: 'redis.unreachable',
      status: 503,
      message: expect.not.stringContaining('hunter22') as string,
    })
  })

  it('waits for a Redis that starts a little later', async () => {
    await server.kill()
    const connecting = connectRedis(server.url, 'worker', quiet)
    await server.start()
    const redis = await connecting
    expect(await redis.ping()).toBe('PONG')
    redis.disconnect()
  })

  it('is refused at once when the password is wrong', async () => {
    const locked = await privateRedis()
    const owner = await connectRedis(locked.url, 'state', quiet)
    await owner.config('SET', 'requirepass', 'right')
    try {
      await expect(connectRedis(locked.url.replace('//', '//:wrong@'), 'state', quiet)).rejects.toMatchObject({ code: 'redis.credentials' })
      await expect(connectRedis(locked.url, 'state', quiet)).rejects.toMatchObject({ code: 'redis.credentials' })
      const redis = await connectRedis(locked.url.replace('//', '//:right@'), 'state', quiet)
      redis.disconnect()
    } finally {
      owner.disconnect()
      await locked.remove()
    }
  })

  it('of a producer fails fast while Redis is away, and that of a worker waits', async () => {
    const producer = await connectRedis(server.url, 'producer', quiet)
    const worker = await connectRedis(server.url, 'worker', quiet)
    await server.kill()
    await eventually(() => producer.status !== 'ready' && worker.status !== 'ready')
    const waiting = worker.ping()
    await expect(producer.ping()).rejects.toThrow(/writeable|closed/)
    await server.start()
    expect(await waiting).toBe('PONG')
    await eventually(() => producer.ping())
    producer.disconnect()
    worker.disconnect()
  })
})
