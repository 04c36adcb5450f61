import { abortable, type Session, type SinkContext, within } from '@vartrack/sink-kit'
import type { Cluster, Redis } from 'ioredis'
import { createClient } from './client.js'
import { openingError } from './errors.js'
import type { RedisOptions } from './options.js'
import { RedisSession } from './session.js'

/**
 * Connects, and proves that the credentials are good.
 * @throws VarTrackError `sink.auth`, `sink.unreachable`, `sink.timeout`, `sink.tls_files`
 */
export async function openRedis(options: RedisOptions, context: SinkContext): Promise<Session> {
  const secret = async (reference: RedisOptions['password']) =>
    reference === undefined ? undefined : abortable(context.secret(reference), context.signal)
  const [password, sentinelPassword] = await Promise.all([secret(options.password), secret(options.sentinel_password)])
  const client = await createClient(options, { password, sentinelPassword })
  const problems: unknown[] = []
  // The promise of a connection that failed says no more than that it is closed; the events before it said why.
  for (const event of ['error', 'node error', 'sentinelError']) client.on(event, (error: unknown) => problems.push(error))
  try {
    await within(context.signal, options.connect_timeout, () => connect(client))
    return new RedisSession(client, options)
  } catch (error) {
    client.disconnect()
    throw openingError(error, problems)
  } finally {
    problems.length = 0
  }
}

/** A cluster has answered for its slots by then; a ping would go to any of its nodes, be it one that is gone. */
async function connect(client: Redis | Cluster): Promise<void> {
  await client.connect()
  if (!client.isCluster) await client.ping()
}
