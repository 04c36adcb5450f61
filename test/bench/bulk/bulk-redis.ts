import { sinks } from '@vartrack/sinks'
import { Redis } from 'ioredis'
import { startRedis } from '../../servers/index.js'
import type { BulkStore } from './bulk-store.js'

const FIELDS_PER_COMMAND = 1_000

/** Redis: pipelined HSETs of 1,000 fields, and HGETALL. */
export async function bulkRedis(): Promise<BulkStore> {
  const server = await startRedis({ args: ['--appendonly', 'no'] })
  const client = new Redis({ port: server.port, host: '127.0.0.1' })
  const options = sinks.redis.options.parse({ host: '127.0.0.1', port: server.port })
  const session = await sinks.redis.open(options, { secret: async () => '', signal: AbortSignal.timeout(10_000) })
  let places = 0
  return {
    name: 'Redis, HASH',
    traits: sinks.redis.traits,
    session,
    newLocation: () => `bench:${++places}`,
    async rawWrite(location, entries) {
      const pipeline = client.pipeline()
      for (let at = 0; at < entries.length; at += FIELDS_PER_COMMAND) pipeline.hset(location, ...entries.slice(at, at + FIELDS_PER_COMMAND).flat())
      await pipeline.exec()
    },
    rawRead: async (location) => Object.keys(await client.hgetall(location)).length,
    async [Symbol.asyncDispose]() {
      client.disconnect()
      await session[Symbol.asyncDispose]()
      await server.stop()
    },
  }
}
