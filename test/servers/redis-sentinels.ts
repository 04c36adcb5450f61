import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '../support/eventually.js'
import { freePort } from '../support/free-port.js'
import { answers, ask, START_TIMEOUT_MS } from './ask.js'
import { launch } from './launch.js'
import { redisProgram, startRedis } from './redis.js'
import { type Certificates, tlsArguments } from './redis-tls.js'
import type { RunningServer } from './running-server.js'

/** A master, its replica, and three sentinels that watch over them. */
export interface RedisSentinels extends AsyncDisposable {
  readonly master: RunningServer
  readonly replica: RunningServer
  readonly sentinels: readonly RunningServer[]
  /** The sentinels, as the sink takes them. */
  readonly hosts: readonly string[]
  /** The port of the master that the sentinels name now. */
  masterPort(): Promise<number>
}

/** What the sentinels call the master. */
export const SENTINEL_MASTER = 'configuration'

/** A master that nobody hears of for so long counts as down, in milliseconds: none, unless a test is about that, for a busy machine lets one stand still. */
const CALM_MS = 30_000

/**
 * Starts all five and waits until every sentinel knows the others and the replica, so that a failover can begin.
 * @param password of both servers
 * @param certificates all of them speak TLS on a second port, and sentinels name that of the master
 * @param goneAfterMs a master that nobody hears of for so long counts as down
 */
export async function startRedisSentinels(password: string, certificates?: Certificates, goneAfterMs = CALM_MS): Promise<RedisSentinels> {
  const auth = ['--requirepass', password, '--masterauth', password, '--repl-diskless-sync-delay', '0']
  const [masterTls, replicaTls] = [await freePort(), await freePort()]
  const master = await startRedis({ args: [...auth, ...tlsOf(certificates, masterTls)] })
  const watched = certificates ? masterTls : master.port
  const replica = await startRedis({ args: [...auth, ...tlsOf(certificates, replicaTls), '--replicaof', `127.0.0.1 ${watched}`] })
  const started = await Promise.all([1, 2, 3].map(() => startSentinel(watched, password, certificates, goneAfterMs)))
  const sentinels = started.map(({ server }) => server)
  const stop = async () => void (await Promise.all([...sentinels, replica, master].map((server) => server.stop())))
  try {
    await Promise.all(sentinels.map(({ port }) => eventually(() => knowsAll(port), { timeoutMs: START_TIMEOUT_MS })))
  } catch (error) {
    await stop()
    throw error
  }
  const [first] = sentinels
  const hosts = started.map(({ clientPort }) => `127.0.0.1:${clientPort}`)
  return { master, replica, sentinels, hosts, masterPort: () => masterPort(first?.port ?? 0), [Symbol.asyncDispose]: stop }
}

function tlsOf(certificates: Certificates | undefined, port: number): string[] {
  return certificates ? [...tlsArguments(certificates, port, 'optional'), '--tls-replication', 'yes'] : []
}

async function startSentinel(watched: number, password: string, certificates: Certificates | undefined, goneAfterMs: number) {
  const tlsPort = await freePort()
  const server = await launch({
    name: 'redis-sentinel',
    command: async (port, directory) => {
      const file = join(directory, 'sentinel.conf')
      await writeFile(file, configuration(watched, password, goneAfterMs))
      return [await redisProgram(), file, '--sentinel', '--port', String(port), '--bind', '127.0.0.1', ...tlsOf(certificates, tlsPort)]
    },
    ready: (process, port) => answers(process, port, 'PING\r\n', /^\+PONG/),
    url: (port) => `redis://127.0.0.1:${port}`,
  })
  return { server, clientPort: certificates ? tlsPort : server.port }
}

function configuration(masterPort: number, password: string, goneAfterMs: number): string {
  const settings = [
    `monitor ${SENTINEL_MASTER} 127.0.0.1 ${masterPort} 2`,
    `auth-pass ${SENTINEL_MASTER} ${password}`,
    `down-after-milliseconds ${SENTINEL_MASTER} ${goneAfterMs}`,
    `failover-timeout ${SENTINEL_MASTER} 5000`,
  ]
  return settings.map((setting) => `sentinel ${setting}\n`).join('')
}

async function knowsAll(port: number): Promise<boolean> {
  const about = await ask(port, `SENTINEL MASTER ${SENTINEL_MASTER}\r\n`)
  const [, others] = /num-other-sentinels\r\n\$\d+\r\n(\d+)/.exec(about) ?? []
  const quorum = await ask(port, `SENTINEL CKQUORUM ${SENTINEL_MASTER}\r\n`)
  const replicas = await ask(port, `SENTINEL REPLICAS ${SENTINEL_MASTER}\r\n`)
  return others === '2' && quorum.startsWith('+OK') && replicas.includes('master-link-status\r\n$2\r\nok')
}

async function masterPort(port: number): Promise<number> {
  const [, master] = /\r\n\$\d+\r\n(\d+)\r\n$/.exec(await ask(port, `SENTINEL GET-MASTER-ADDR-BY-NAME ${SENTINEL_MASTER}\r\n`)) ?? []
  return Number(master)
}
