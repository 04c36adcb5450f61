import { VarTrackError } from '@vartrack/errors'
import { findRedisServer, type ProcessContext, type RedisTarget, runProcess, startEmbeddedRedis } from '@vartrack/runtime'
import { openAdminDoor } from './admin-door.js'
import { type Host, openHost } from './host.js'

/** What an app differs in beside its work. */
export interface AppOptions {
  /** Start a Redis of our own when REDIS_URL is not set: standalone alone. */
  readonly embeddedRedis?: boolean
}

/**
 * Runs one app of the fleet, from its environment to its end: the whole of a `main.ts`.
 * @param start adds the app's consumers and servers to the host
 */
export async function runApp(name: string, start: (host: Host) => Promise<void>, options: AppOptions = {}): Promise<void> {
  await runProcess(name, async (context) => {
    let redis: Promise<RedisTarget> | undefined
    const host = await openHost(context, () => {
      redis ??= targetRedis(context, options)
      return redis
    })
    let starting = true
    await openAdminDoor(host, () => starting)
    await start(host)
    starting = false
    context.log.info({ bundle: host.bundle.current().digest }, 'ready')
  })
}

async function targetRedis(context: ProcessContext, options: AppOptions): Promise<RedisTarget> {
  if (context.config.redisUrl) return context.config.redisUrl
  if (!options.embeddedRedis) {
    throw new VarTrackError({
      code: 'redis.missing',
      message: 'REDIS_URL is not set.',
      remedy: 'Set it to the Redis that all processes share; only standalone brings its own.',
    })
  }
  const { config, log } = context
  const embedded = await startEmbeddedRedis({
    binary: await findRedisServer(config.cacheDir, (what) => log.info({ what }, 'no redis-server on this machine: fetching one')),
    dataDir: config.dataDir,
    onEnd: (error) => context.fail(error),
  })
  context.onClose('the embedded Redis', () => embedded.close())
  log.info({ dataDir: config.dataDir }, 'REDIS_URL is not set: started a Redis of our own')
  return embedded.target
}
