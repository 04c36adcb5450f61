import { VarTrackError } from '@vartrack/errors'
import { findRedisServer, type ProcessContext, type RedisTarget, runProcess, startEmbeddedRedis } from '@vartrack/runtime'
import { openHealthDoor } from './health-door.js'
import { type Host, openHost } from './host.js'

/** What an app differs in beside its work. */
export interface AppOptions {
  /** Start a Redis of our own when REDIS_URL is not set: standalone alone. */
  readonly embeddedRedis?: boolean
  /** Serve health and metrics on ADMIN_ADDR: every app without an ingress, which has an admin door. */
  readonly healthDoor?: boolean
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
    if (options.healthDoor) await openHealthDoor(host)
    await start(host)
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
