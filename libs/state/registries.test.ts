import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PrivateRedis, privateRedis } from '../../test/support/private-redis.js'
import type { State } from './contract.js'
import { createState } from './create-state.js'

let server: PrivateRedis
let redis: Redis
let state: State

beforeAll(async () => {
  server = await privateRedis()
  redis = new Redis(server.url)
  state = createState(redis, { prefix: `{${randomUUID()}}`, onProblem: () => undefined })
})
afterAll(async () => {
  redis.disconnect()
  await server.remove()
})

describe('what is known of a schema registry', () => {
  it('is nothing at first, then each version apart', async () => {
    const key = 'github my-org/schemas refs/heads/main'
    expect(await state.registry(key)).toEqual({})
    await state.putRegistry(key, { read: 'a' })
    await state.putRegistry('another', { read: 'x', planned: 'x' })
    await state.putRegistry(key, { planned: 'b' })
    expect(await state.registry(key)).toEqual({ read: 'a', planned: 'b' })
  })
})
