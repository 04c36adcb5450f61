import { readFile } from 'node:fs/promises'
import { connectRedis, type ProcessContext, type RedisKind, type RedisTarget } from '@vartrack/runtime'
import { createSecretResolver } from '@vartrack/secrets'
import type { SecretReference } from '@vartrack/sink-kit'

/** What a process has before it has read its bundle. */
export interface Base extends ProcessContext {
  /** Resolves a credential of the bundle, and has it masked from then on. */
  readonly secret: (reference: SecretReference) => Promise<string>
  /** Opens a connection to varTrack's own Redis; it closes with the process. @throws VarTrackError `redis.*` */
  connect(kind: RedisKind): ReturnType<typeof connectRedis>
}

/** @param redis gives the URL of Redis, or the socket of the embedded one, which is started when it is first asked for */
export function createBase(context: ProcessContext, redis: () => Promise<RedisTarget>): Base {
  const { config, log, mask } = context
  return {
    ...context,
    secret: createSecretResolver({ env: config.environment, readFile: (path) => readFile(path, 'utf8'), mask }),
    async connect(kind) {
      const connection = await connectRedis(await redis(), kind, { onError: (error) => log.warn({ code: 'redis.connection' }, error.message) })
      context.onClose(`the connection to Redis (${kind})`, async () => connection.disconnect())
      return connection
    },
  }
}
