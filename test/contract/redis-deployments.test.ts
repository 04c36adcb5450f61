import { afterAll, describe } from 'vitest'
import { laws } from './laws.js'
import { openingLaws } from './opening-laws.js'
import { sessionLaws } from './session-laws.js'
import type { Store } from './store.js'
import { redisClusterStore, redisSentinelStore } from './store-redis.js'

const deployments = {
  'a Redis cluster': redisClusterStore,
  'Redis under sentinels, with a hash': () => redisSentinelStore('HASH'),
  'Redis under sentinels, with strings': () => redisSentinelStore('STRING'),
} as const

// Faults of the network need a proxy that clients cannot go around; what happens when a server fails is in redis-failover.test.ts.
describe.each(Object.entries(deployments))('%s', (_name, start) => {
  let started: Promise<Store> | undefined
  const shared = async (): Promise<Store> => {
    started ??= start()
    return { ...(await started), [Symbol.asyncDispose]: async () => undefined }
  }
  afterAll(async () => (await started)?.[Symbol.asyncDispose]())

  openingLaws(shared)
  sessionLaws(shared)
  laws(shared, 'none')
})
