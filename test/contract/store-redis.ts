import { sinks } from '@vartrack/sinks'
import { Redis } from 'ioredis'
import { startRedis } from '../servers/index.js'
import type { Store } from './store.js'

const REDIS_PASSWORD = 'canary-redis-password'

/** A Redis of its own. */
export async function redisStore(structure: 'HASH' | 'STRING'): Promise<Store> {
  const server = await startRedis()
  const { port } = server
  const client = new Redis({ port, host: '127.0.0.1' })
  await client.config('SET', 'requirepass', REDIS_PASSWORD)
  return {
    name: `redis ${structure}`,
    sink: sinks.redis,
    port,
    options: (changes) => ({ host: '127.0.0.1', port, password: REDIS_PASSWORD, data_structure: structure, ...changes }),
    at: (other) => ({ port: other }),
    wrongCredentials: { password: 'canary-wrong-password' },
    secrets: [REDIS_PASSWORD, 'canary-wrong-password'],
    valueBytes: sinks.redis.traits.limits.valueBytes,
    manyKeys: 10_000,
    tamper: (location, values) => tamper(client, structure, location, values),
    dump: () => dump(client),
    async [Symbol.asyncDispose]() {
      client.disconnect()
      await server.stop()
    },
  }
}

async function tamper(client: Redis, structure: string, location: string, values: Readonly<Record<string, string | null>>): Promise<void> {
  for (const [key, value] of Object.entries(values)) {
    if (structure === 'HASH') await (value === null ? client.hdel(location, key) : client.hset(location, key, value))
    else await (value === null ? client.del(`${location}:${key}`) : client.set(`${location}:${key}`, value))
  }
}

async function dump(client: Redis): Promise<string> {
  const keys = (await client.keys('*')).toSorted()
  const values = await Promise.all(keys.map((key) => client.dumpBuffer(key)))
  return keys.map((key, index) => `${key}=${values[index]?.toString('base64')}`).join('\n')
}
