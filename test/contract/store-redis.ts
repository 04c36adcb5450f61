import { sinks } from '@vartrack/sinks'
import { Cluster, Redis } from 'ioredis'
import { startRedis } from '../servers/index.js'
import { startRedisCluster } from '../servers/redis-cluster.js'
import { SENTINEL_MASTER, startRedisSentinels } from '../servers/redis-sentinels.js'
import type { Store } from './store.js'

export const REDIS_PASSWORD = 'canary-redis-password'

type Structure = 'HASH' | 'STRING'

/** A Redis of its own. */
export async function redisStore(structure: Structure): Promise<Store> {
  const server = await startRedis({ args: ['--requirepass', REDIS_PASSWORD] })
  const { port } = server
  const client = new Redis({ port, host: '127.0.0.1', password: REDIS_PASSWORD })
  return {
    ...storeOf(structure, client, [client]),
    name: `redis ${structure}`,
    port,
    options: (changes) => ({ host: '127.0.0.1', port, password: REDIS_PASSWORD, data_structure: structure, ...changes }),
    at: (other) => ({ port: other }),
    async [Symbol.asyncDispose]() {
      client.disconnect()
      await server.stop()
    },
  }
}

/** A cluster of its own. Its nodes are found by their own addresses: a proxy before one of them sees nothing but the first question. */
export async function redisClusterStore(): Promise<Store> {
  const cluster = await startRedisCluster()
  const { hosts } = cluster
  const [port = 0] = cluster.nodes.map((node) => node.port)
  const nodes = cluster.nodes.map((node) => new Redis({ port: node.port, host: '127.0.0.1' }))
  await Promise.all(nodes.map((node) => node.config('SET', 'requirepass', REDIS_PASSWORD)))
  const client = new Cluster([{ host: '127.0.0.1', port }], { redisOptions: { password: REDIS_PASSWORD } })
  return {
    ...storeOf('HASH', client, nodes),
    name: 'redis cluster',
    port,
    options: (changes) => ({ hosts, deployment_mode: 'CLUSTER', password: REDIS_PASSWORD, ...changes }),
    at: (other) => ({ hosts: [`127.0.0.1:${other}`] }),
    async [Symbol.asyncDispose]() {
      for (const one of [client, ...nodes]) one.disconnect()
      await cluster[Symbol.asyncDispose]()
    },
  }
}

/** Sentinels of their own, with a master and its replica. The master is found by its own address, as in a cluster. */
export async function redisSentinelStore(structure: Structure): Promise<Store> {
  const servers = await startRedisSentinels(REDIS_PASSWORD)
  const { hosts } = servers
  const [port = 0] = servers.sentinels.map((sentinel) => sentinel.port)
  const client = new Redis({ port: servers.master.port, host: '127.0.0.1', password: REDIS_PASSWORD })
  const deployment = { deployment_mode: 'SENTINEL', sentinel_master: SENTINEL_MASTER }
  return {
    ...storeOf(structure, client, [client]),
    name: `redis sentinels ${structure}`,
    port,
    options: (changes) => ({ hosts, ...deployment, password: REDIS_PASSWORD, data_structure: structure, ...changes }),
    at: (other) => ({ hosts: [`127.0.0.1:${other}`] }),
    async [Symbol.asyncDispose]() {
      client.disconnect()
      await servers[Symbol.asyncDispose]()
    },
  }
}

/** What all of them share. `nodes` hold the keys of all between them. */
function storeOf(structure: Structure, client: Redis | Cluster, nodes: readonly Redis[]) {
  return {
    sink: sinks.redis,
    wrongCredentials: { password: 'canary-wrong-password' },
    secrets: [REDIS_PASSWORD, 'canary-wrong-password'],
    valueBytes: sinks.redis.traits.limits.valueBytes,
    manyKeys: 10_000,
    tamper: (location, values) => tamper(client, structure, location, values),
    dump: async () => (await Promise.all(nodes.map(dump))).join('\n'),
  } satisfies Partial<Store>
}

async function tamper(
  client: Redis | Cluster,
  structure: Structure,
  location: string,
  values: Readonly<Record<string, string | null>>,
): Promise<void> {
  for (const [key, value] of Object.entries(values)) {
    if (structure === 'HASH') await (value === null ? client.hdel(location, key) : client.hset(location, key, value))
    else await (value === null ? client.del(`${location}:${key}`) : client.set(`${location}:${key}`, value))
  }
}

async function dump(client: Redis): Promise<string> {
  const keys = (await client.keys('*')).toSorted()
  const values = await Promise.all(keys.map((key) => client.dumpBuffer(key)))
  return keys.map((key, index) => `${key}=${values[index]?.toString('base64')}`).join('\n')
}
