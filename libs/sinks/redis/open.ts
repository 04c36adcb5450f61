import { readFile } from 'node:fs/promises'
import type { ConnectionOptions } from 'node:tls'
import { abortable, type Session, type SinkContext, within } from '@vartrack/sink-kit'
import { Cluster, Redis } from 'ioredis'
import { redisError } from './errors.js'
import type { RedisOptions } from './options.js'
import { RedisSession } from './session.js'

/**
 * Connects, and proves that the credentials are good.
 * @throws VarTrackError `sink.auth`, `sink.unreachable`, `sink.timeout`
 */
export async function openRedis(options: RedisOptions, context: SinkContext): Promise<Session> {
  const client = await createClient(options, context)
  const problem = { last: undefined as unknown }
  client.on('error', (error) => {
    problem.last = error
  })
  try {
    await within(context.signal, options.connect_timeout, () => connect(client))
    return new RedisSession(client, options)
  } catch (error) {
    client.disconnect()
    throw redisError(isClosed(error) && problem.last ? problem.last : error)
  }
}

async function connect(client: Redis | Cluster): Promise<void> {
  await client.connect()
  await client.ping()
}

/** `Connection is closed.` hides why; the event before it said so. */
function isClosed(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Connection is closed')
}

async function createClient(options: RedisOptions, context: SinkContext): Promise<Redis | Cluster> {
  const shared = await driverOptions(options, context)
  const hosts = (options.hosts ?? [`${options.host}:${options.port}`]).map(splitHost)
  const [first] = hosts as [ReturnType<typeof splitHost>]
  if (options.deployment_mode === 'CLUSTER') {
    return new Cluster(hosts, { redisOptions: shared, lazyConnect: true, clusterRetryStrategy: () => null, enableOfflineQueue: true })
  }
  if (options.deployment_mode === 'SENTINEL') {
    const tls = shared.tls ? { sentinelTLS: shared.tls, enableTLSForSentinelMode: true } : {}
    return new Redis({ ...shared, ...tls, sentinels: hosts, name: options.sentinel_master ?? '', sentinelRetryStrategy: () => null })
  }
  return new Redis({ ...shared, ...first })
}

/** A command that a broken connection swallowed is not sent again by the driver: the engine reads first, then decides. */
async function driverOptions(options: RedisOptions, context: SinkContext) {
  const password = options.password === undefined ? undefined : await abortable(context.secret(options.password), context.signal)
  return {
    lazyConnect: true,
    connectTimeout: options.connect_timeout,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    enableReadyCheck: true,
    keepAlive: 10_000,
    db: options.db ?? options.database ?? 0,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(password === undefined ? {} : { password }),
    ...(options.enable_tls ? { tls: await tlsOptions(options) } : {}),
  }
}

async function tlsOptions(options: RedisOptions): Promise<ConnectionOptions> {
  const [ca, cert, key] = await Promise.all([optionalFile(options.tls_ca), optionalFile(options.tls_cert), optionalFile(options.tls_key)])
  return { rejectUnauthorized: options.tls_verify, ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) }
}

async function optionalFile(path: string | undefined): Promise<Buffer | undefined> {
  return path === undefined ? undefined : readFile(path)
}

function splitHost(hostPort: string): { host: string; port: number } {
  const colon = hostPort.lastIndexOf(':')
  return { host: hostPort.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(hostPort.slice(colon + 1)) }
}
