import { eventually } from '../support/eventually.js'
import { freePort } from '../support/free-port.js'
import { ask, START_TIMEOUT_MS } from './ask.js'
import { startRedis } from './redis.js'
import { type Certificates, tlsArguments } from './redis-tls.js'
import type { RunningServer } from './running-server.js'

/** Three masters that share the slots. */
export interface RedisCluster extends AsyncDisposable {
  readonly nodes: readonly RunningServer[]
  /** As the sink takes them; with certificates, the ports that speak TLS. */
  readonly hosts: readonly string[]
  /** Adds a replica of a node, and waits until it has all of it. */
  addReplica(of: RunningServer): Promise<RunningServer>
}

const NODES = 3
const SLOTS = 16_384
/** A node that nobody hears of for so long counts as gone, in milliseconds: none, unless a test is about that, for a busy machine lets one stand still. */
const CALM_MS = 5_000

/**
 * Starts a cluster of its own and waits until all of it answers for all slots.
 * @param certificates its nodes speak TLS with each other and on a second port
 * @param goneAfterMs a node that nobody hears of for so long counts as gone
 */
export async function startRedisCluster(certificates?: Certificates, goneAfterMs = CALM_MS): Promise<RedisCluster> {
  const nodes = await Promise.all(Array.from({ length: NODES }, () => startNode(certificates, goneAfterMs)))
  const servers = nodes.map(({ server }) => server)
  const stop = async () => void (await Promise.all(servers.map((server) => server.stop())))
  try {
    await Promise.all(servers.map(({ port }, index) => giveSlots(port, index)))
    for (const other of nodes.slice(1)) await introduce(nodes[0] as Node, other)
    await Promise.all(servers.map(({ port }) => eventually(() => isWhole(port), { timeoutMs: START_TIMEOUT_MS })))
  } catch (error) {
    await stop()
    throw error
  }
  const addReplica = async (of: RunningServer) => {
    const replica = await startNode(certificates, goneAfterMs)
    servers.push(replica.server)
    for (const node of nodes) await introduce(node, replica)
    await replicate(of, replica.server)
    // Only who knows a replica votes for it.
    await Promise.all(servers.map(({ port }) => eventually(() => knowsReplica(port))))
    return replica.server
  }
  return { nodes: [...servers], hosts: nodes.map(({ clientPort }) => `127.0.0.1:${clientPort}`), addReplica, [Symbol.asyncDispose]: stop }
}

interface Node {
  readonly server: RunningServer
  readonly clientPort: number
  readonly busPort: number
}

/** A port of its own for the talk between nodes: the usual one lies 10,000 above, where anybody may be. */
async function startNode(certificates: Certificates | undefined, goneAfterMs: number): Promise<Node> {
  const [busPort, tlsPort] = [await freePort(), await freePort()]
  const tls = certificates ? [...tlsArguments(certificates, tlsPort, 'optional'), '--tls-cluster', 'yes'] : []
  const cluster = ['--cluster-enabled', 'yes', '--cluster-port', String(busPort), '--cluster-node-timeout', String(goneAfterMs)]
  const server = await startRedis({ args: ['--databases', '1', '--repl-diskless-sync-delay', '0', ...cluster, ...tls] })
  return { server, busPort, clientPort: certificates ? tlsPort : server.port }
}

async function giveSlots(port: number, index: number): Promise<void> {
  const [first, last] = [Math.ceil((SLOTS * index) / NODES), Math.ceil((SLOTS * (index + 1)) / NODES) - 1]
  await told(port, `CLUSTER ADDSLOTSRANGE ${first} ${last}`)
  await told(port, `CLUSTER SET-CONFIG-EPOCH ${index + 1}`)
}

async function introduce(one: Node, other: Node): Promise<void> {
  await told(other.server.port, `CLUSTER MEET 127.0.0.1 ${one.clientPort} ${one.busPort}`)
}

async function isWhole(port: number): Promise<boolean> {
  const info = await ask(port, 'CLUSTER INFO\r\n')
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${NODES}`) && info.includes(`cluster_slots_ok:${SLOTS}`)
}

async function replicate(of: RunningServer, replica: RunningServer): Promise<void> {
  const [, id = ''] = /\r\n(\w{40})/.exec(await ask(of.port, 'CLUSTER MYID\r\n')) ?? []
  await eventually(async () => (await ask(replica.port, `CLUSTER REPLICATE ${id}\r\n`)).startsWith('+OK'))
  await eventually(async () => (await ask(replica.port, 'INFO replication\r\n')).includes('master_link_status:up'))
}

async function knowsReplica(port: number): Promise<boolean> {
  return / (myself,)?slave \w{40} /.test(await ask(port, 'CLUSTER NODES\r\n'))
}

async function told(port: number, command: string): Promise<void> {
  const answer = await ask(port, `${command}\r\n`)
  if (!answer.startsWith('+OK')) throw new Error(`${command}: ${answer}`)
}
