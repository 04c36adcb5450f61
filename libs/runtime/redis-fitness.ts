import { VarTrackError } from '@vartrack/errors'
import type { Redis } from 'ioredis'

const LEAST_MAJOR = 7

/**
 * Refuses a Redis that is too old or that may throw data away when it is full.
 * @throws VarTrackError `redis.version`, `redis.eviction`
 */
export async function requireFitRedis(redis: Redis): Promise<void> {
  const info = parseInfo(`${await redis.info('server')}\n${await redis.info('memory')}`)
  const version = info.get('redis_version') ?? '0'
  if (Number.parseInt(version, 10) < LEAST_MAJOR) throw tooOld(version)
  const policy = info.get('maxmemory_policy') ?? 'noeviction'
  if (policy !== 'noeviction') throw evicting(policy)
}

function parseInfo(text: string): ReadonlyMap<string, string> {
  return new Map(text.split(/\r?\n/).map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]))
}

function tooOld(version: string): VarTrackError {
  const message = `Redis ${version} is too old: varTrack needs Redis ${LEAST_MAJOR} or newer, or Valkey 8 or newer.`
  return new VarTrackError({ code: 'redis.version', message, remedy: 'Upgrade the server that REDIS_URL names.' })
}

function evicting(policy: string): VarTrackError {
  return new VarTrackError({
    code: 'redis.eviction',
    message: `Redis has the eviction policy ${policy}: when it is full it would throw jobs and locks away.`,
    remedy: 'Set "maxmemory-policy noeviction" in its configuration, and give varTrack a Redis of its own rather than a cache.',
  })
}
