import { setInterval } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Chain } from './chain.js'

/** Records the generation at the Redis destination of a chain, again and again, until stopped. */
export interface WatchedGenerations {
  /** Each that was seen, in the order it was seen. */
  readonly seen: readonly number[]
  now(): Promise<number>
  stop(): Promise<void>
}

/** Between two looks, in milliseconds. */
const EVERY_MS = 10

export function watchGenerations(chain: Chain): WatchedGenerations {
  const redis = new Redis({ port: chain.servers.redis.port, host: '127.0.0.1', db: 1 })
  const [, name] = chain.repository.name.split('/')
  const now = async () => generationOf(await redis.hgetall(`{production:${name}}:__vt`))
  const seen: number[] = []
  const stopping = new AbortController()
  const watching = watch()
  async function watch(): Promise<void> {
    try {
      for await (const _ of setInterval(EVERY_MS, undefined, { signal: stopping.signal })) {
        const generation = await now()
        if (generation !== seen.at(-1)) seen.push(generation)
      }
    } catch (error) {
      if (!stopping.signal.aborted) throw error
    }
  }
  return {
    seen,
    now,
    async stop() {
      stopping.abort()
      await watching
      redis.disconnect()
    },
  }
}

/** The highest generation of a head stored there; 0 before the first. */
function generationOf(fields: Record<string, string>): number {
  const found = Object.values(fields).flatMap((value) => {
    const match = /^\{.*"generation":(\d+)/.exec(value)
    return match ? [Number(match[1])] : []
  })
  return Math.max(0, ...found)
}
