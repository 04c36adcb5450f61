import { Cluster, Redis } from 'ioredis'
import type { RedisOptions } from './options.js'
import { tlsOptions } from './tls.js'

/** Credentials as they are sent. */
export interface Passwords {
  readonly password: string | undefined
  readonly sentinelPassword: string | undefined
}

/**
 * The driver's client for the deployment, not connected yet.
 * @throws VarTrackError `sink.tls_files` for a certificate that is not there
 */
export async function createClient(options: RedisOptions, passwords: Passwords): Promise<Redis | Cluster> {
  const shared = await sharedOptions(options, passwords)
  const hosts = (options.hosts ?? [`${options.host}:${options.port}`]).map(splitHost)
  if (options.deployment_mode === 'CLUSTER') return clusterOf(options, shared, hosts)
  if (options.deployment_mode === 'SENTINEL') return masterOf(options, shared, hosts, passwords)
  const [first] = hosts
  return new Redis({ ...shared, ...first })
}

/** What a broken connection swallowed is not sent again by the driver: the engine reads first, then decides. */
async function sharedOptions(options: RedisOptions, { password }: Passwords) {
  return {
    lazyConnect: true,
    connectTimeout: options.connect_timeout,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // A server that is loading says so to the first command, and need not let its users ask for INFO.
    enableReadyCheck: false,
    keepAlive: 10_000,
    db: options.db ?? options.database ?? 0,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(password === undefined ? {} : { password }),
    ...(options.enable_tls ? { tls: await tlsOptions(options) } : {}),
  }
}

type DriverOptions = Awaited<ReturnType<typeof sharedOptions>>

/** Follows MOVED and ASK, which say that nothing was done; other failures go to the engine at once (0: no second try). */
function clusterOf(options: RedisOptions, redisOptions: DriverOptions, nodes: readonly Host[]): Cluster {
  return new Cluster([...nodes], {
    redisOptions,
    lazyConnect: true,
    enableReadyCheck: false,
    clusterRetryStrategy: () => null,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: 0,
    maxRedirections: REDIRECTIONS,
    slotsRefreshTimeout: shareOfTime(options, nodes),
  })
}

/** MOVED, then ASK in the middle of a migration, and one more for a map of the slots that is out of date. */
const REDIRECTIONS = 4

/** The ready check is what tells a replica from the master: sentinels may name the old one for a moment. */
function masterOf(options: RedisOptions, shared: DriverOptions, sentinels: readonly Host[], { sentinelPassword }: Passwords): Redis {
  const ms = shareOfTime(options, sentinels)
  return new Redis({
    ...shared,
    enableReadyCheck: true,
    sentinels: [...sentinels],
    name: options.sentinel_master ?? '',
    sentinelRetryStrategy: () => null,
    connectTimeout: ms,
    sentinelCommandTimeout: ms,
    ...(options.sentinel_username === undefined ? {} : { sentinelUsername: options.sentinel_username }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(shared.tls ? { sentinelTLS: shared.tls, enableTLSForSentinelMode: true } : {}),
  })
}

/** Servers are asked one after the other: one that says nothing leaves time for the next, and for what follows. */
function shareOfTime(options: RedisOptions, hosts: readonly Host[]): number {
  return Math.ceil(options.connect_timeout / (hosts.length + 1))
}

interface Host {
  readonly host: string
  readonly port: number
}

function splitHost(hostPort: string): Host {
  const colon = hostPort.lastIndexOf(':')
  return { host: hostPort.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(hostPort.slice(colon + 1)) }
}
