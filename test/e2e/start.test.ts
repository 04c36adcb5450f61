import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { startRedis } from '../servers/redis.js'
import { type RunningProcess, spawnNode } from '../support/processes.js'
import { repositoryRoot } from '../support/repository-root.js'
import { temporaryDirectory } from '../support/temporary-directory.js'

const GOOD = `bundle: {
  platforms: [{github: {endpoint: "http://127.0.0.1:1", secret: {env: "HOOK_SECRET"}}}]
  datasources: [{redis: {host: "127.0.0.1"}}]
  rules: [{platform: "github", datasource: "redis", repositories: ["acme/*"], branch_map: {main: "production"}, file_name: "a.yaml", destination_template: "{env}:a"}]
}
`

/** Standalone with a bundle, in a data directory of its own. */
async function start(directory: string, bundle: string | undefined, more: Record<string, string> = {}): Promise<RunningProcess> {
  const configPath = join(directory, 'config.cue')
  if (bundle !== undefined) await writeFile(configPath, bundle)
  const env = { CONFIG_PATH: configPath, VT_DATA_DIR: join(directory, 'data'), PORT: '0', ADMIN_ADDR: '127.0.0.1:0', REDIS_URL: undefined, ...more }
  return spawnNode(join(repositoryRoot(), 'apps/standalone/dist/main.js'), env)
}

describe('starting varTrack', () => {
  it('without a bundle: one line that says what to do, code 1, and no Redis started for it', async () => {
    await using directory = await temporaryDirectory('start')
    await using started = await start(directory.path, undefined)
    await started.waitFor(/^vartrack standalone: The bundle .*config\.cue cannot be read\. Set CONFIG_PATH .* \[bundle\.unreadable\]$/m)
    expect((await started.exited).code).toBe(1)
    expect(started.output().trimEnd().split('\n')).toHaveLength(1)
    expect(existsSync(join(directory.path, 'data'))).toBe(false)
  })

  it('with a broken bundle: every problem with its place, code 1', async () => {
    await using directory = await temporaryDirectory('start')
    await using started = await start(
      directory.path,
      GOOD.replace('host:', 'hots:').replace('repositories:', 'repos:').replace('"github", data', '"githb", data'),
    )
    await started.waitFor(/config\.cue:3:\d+: .*hots[^]*config\.cue:4:\d+: .*githb[^]*config\.cue:4:\d+: .*repos/)
    expect((await started.exited).code).toBe(1)
  })

  it('on a Redis that throws keys away: refused with the setting to change, code 1', async () => {
    await using directory = await temporaryDirectory('start')
    await using redis = await startRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] })
    await using started = await start(directory.path, GOOD, { REDIS_URL: redis.url })
    await started.waitFor(/allkeys-lru.*maxmemory-policy noeviction.*\[redis\.eviction\]/)
    expect((await started.exited).code).toBe(1)
  })

  it('without REDIS_URL: brings its own Redis, ends in order on SIGTERM, and keeps its data', async () => {
    await using directory = await temporaryDirectory('start')
    await runOnce(directory.path, async (redis) => void (await redis.set('mark', 'kept')))
    await runOnce(directory.path, async (redis) => expect(await redis.get('mark')).toBe('kept'))
  })

  it('without REDIS_URL: ends with code 1 when its own Redis has ended by itself, for nothing would bring that back', async () => {
    await using directory = await temporaryDirectory('start')
    await using started = await start(directory.path, GOOD, { SHUTDOWN_TIMEOUT: '1s' })
    await started.waitFor(/"msg":"ready"/)
    const redis = await ownRedis(directory.path)
    await redis.shutdown('NOSAVE').catch(() => undefined)
    redis.disconnect()
    expect(await started.exited).toEqual({ code: 1, signal: null })
    expect(started.output()).toMatch(/"level":"fatal".*varTrack's own Redis is gone.*redis\.log/)
  })
})

/** Starts varTrack, looks into its own Redis, and ends it with SIGTERM. */
async function runOnce(directory: string, look: (redis: Redis) => Promise<void>): Promise<void> {
  await using started = await start(directory, GOOD)
  await started.waitFor(/"msg":"ready"/)
  const redis = await ownRedis(directory)
  await look(redis)
  redis.disconnect()
  started.kill('SIGTERM')
  expect(await started.exited).toEqual({ code: 0, signal: null })
  expect(existsSync(join(directory, 'data/redis/redis.sock'))).toBe(false)
}

/** A connection to the Redis that varTrack brought. */
async function ownRedis(directory: string): Promise<Redis> {
  const own = join(directory, 'data/redis')
  return new Redis({ path: join(own, 'redis.sock'), password: await readFile(join(own, 'password'), 'utf8'), retryStrategy: () => null })
}
