import { loadCore } from '@vartrack/core'
import { type ApplyRequest, apply, createSessionPool, type SessionPool } from '@vartrack/engine'
import { VarTrackError } from '@vartrack/errors'
import { sinks } from '@vartrack/sinks'
import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { startRedisCluster } from '../servers/redis-cluster.js'
import { SENTINEL_MASTER, startRedisSentinels } from '../servers/redis-sentinels.js'
import type { RunningServer } from '../servers/running-server.js'
import { eventually } from '../support/eventually.js'
import { textsOf } from './entries.js'
import { failure } from './opening-laws.js'
import { releaseOf } from './releases.js'

const PASSWORD = 'canary-redis-password'
const LOCATION = 'failover'
/** A server that nobody hears of for so long counts as gone. */
const GONE_AFTER_MS = 1_000
/** It takes that long until a master counts as down; an election that failed is held again after 10 s (twice the failover timeout of the sentinels). Several may fail. */
const FAILOVER_MS = 60_000
const core = loadCore()

describe.each(['HASH', 'STRING'] as const)('Redis under sentinels as %s, whose master stops answering in the middle of writes', (structure) => {
  it('is written to at the new master, after errors that are tried again, and takes nothing older', async () => {
    await using servers = await startRedisSentinels(PASSWORD, undefined, GONE_AFTER_MS)
    const deployment = { hosts: servers.hosts, deployment_mode: 'SENTINEL', sentinel_master: SENTINEL_MASTER }
    await using pool = poolOf({ ...deployment, data_structure: structure, password: PASSWORD })
    await writeThrough(pool, servers.master, async () => (await servers.masterPort()) === servers.replica.port)
    servers.master.process.resume()
    await expectNewest(pool)
  })

  it('says that a replica takes no writes, and lets it be tried again', async () => {
    await using servers = await startRedisSentinels(PASSWORD, undefined, GONE_AFTER_MS)
    await using pool = poolOf({ host: '127.0.0.1', port: servers.replica.port, data_structure: structure, password: PASSWORD })
    const error = await failure(write(pool, 2))
    expect(error).toMatchObject({ code: 'sink.unavailable', disposition: { kind: 'retry' } })
    expect(error.message).toContain('READONLY')
  })
})

describe('a Redis cluster', () => {
  it('whose master stops answering in the middle of writes is written to at its replica, after errors that are tried again', async () => {
    await using cluster = await startRedisCluster(undefined, GONE_AFTER_MS)
    const master = ownerOf(cluster.nodes)
    const replica = await cluster.addReplica(master)
    await using pool = poolOf({ hosts: cluster.hosts, deployment_mode: 'CLUSTER' })
    using admin = adminOf([replica])
    await writeThrough(pool, master, async () => (await (admin.clients[0] as Redis).info('replication')).includes('role:master'))
    master.process.resume()
    await expectNewest(pool)
  })

  it('says that slots without a node are tried again', async () => {
    await using cluster = await startRedisCluster(undefined, GONE_AFTER_MS)
    await using pool = poolOf({ hosts: cluster.hosts, deployment_mode: 'CLUSTER' })
    await write(pool, 2)
    const [lost] = cluster.nodes.filter((node) => node !== ownerOf(cluster.nodes)) as [RunningServer]
    lost.process.kill()
    const error = await eventually(() => writeFails(pool, 4), { timeoutMs: FAILOVER_MS })
    expect(error).toMatchObject({ code: 'sink.unavailable', disposition: { kind: 'retry' } })
    expect(error.message).toContain('CLUSTERDOWN')
  })

  it('is not written to while a slot is between two nodes, and at the new one afterwards, over the session that was open before', async () => {
    await using cluster = await startRedisCluster(undefined, GONE_AFTER_MS)
    using admin = adminOf(cluster.nodes)
    const nodes = admin.clients
    await using pool = poolOf({ hosts: cluster.hosts, deployment_mode: 'CLUSTER' })
    await write(pool, 2)
    const from = cluster.nodes.indexOf(ownerOf(cluster.nodes))
    const [source, target] = [nodes[from] as Redis, nodes[(from + 1) % 3] as Redis]
    await beginMove(source, target)
    await moveKeys(source, target, [LOCATION])
    const between = await failure(
      pool.use('store', (session) => session.read(LOCATION, 'all', AbortSignal.timeout(5_000)).then(() => write(pool, 4))),
    )
    expect(between).toMatchObject({ code: 'sink.unavailable', disposition: { kind: 'retry' } })
    await moveKeys(source, target, [`{${LOCATION}}:__vt`, `{${LOCATION}}:__vt:journals`])
    await endMove(nodes, target)
    await write(pool, 6)
    expect(await live(pool)).toEqual({ generation: '6' })
  })
})

/** Writes one generation after the other until the new master has taken one; the old one is stopped after the third. */
async function writeThrough(pool: SessionPool, master: RunningServer, hasFailedOver: () => Promise<boolean>): Promise<void> {
  const failures: unknown[] = []
  let generation = 0
  const writeNext = async () => {
    generation += 2
    return write(pool, generation).then(
      () => true,
      (error: unknown) => void failures.push(error),
    )
  }
  for (let count = 0; count < 3; count++) await writeNext()
  expect(failures).toEqual([])
  master.process.pause()
  await eventually(async () => (await writeNext()) && (await hasFailedOver()), { timeoutMs: FAILOVER_MS })
  expect(failures.length).toBeGreaterThan(0)
  for (const error of failures) {
    expect(error).toBeInstanceOf(VarTrackError)
    expect(error).toMatchObject({ code: expect.stringMatching(/^(sink|fence\.moved)/), disposition: { kind: 'retry' } })
  }
  expect(await live(pool)).toEqual({ generation: String(generation) })
}

/** What was written last is there, and what comes late is refused. */
async function expectNewest(pool: SessionPool): Promise<void> {
  const { generation } = await live(pool)
  expect(await failure(write(pool, Number(generation) - 2))).toMatchObject({ code: 'fence.stale' })
  await write(pool, Number(generation) + 2)
  expect(await live(pool)).toEqual({ generation: String(Number(generation) + 2) })
}

async function write(pool: SessionPool, generation: number): Promise<void> {
  const release = await releaseOf(core, JSON.stringify({ generation: String(generation) }))
  await pool.use('store', async (session) => {
    const context = { core, session, traits: sinks.redis.traits, signal: AbortSignal.timeout(10_000) }
    await apply(context, { ...REQUEST, generation, commit: String(generation).padStart(40, '0'), release })
  })
}

async function writeFails(pool: SessionPool, generation: number): Promise<VarTrackError | undefined> {
  return write(pool, generation).then(
    () => undefined,
    (error: VarTrackError) => (error.message.includes('CLUSTERDOWN') ? error : undefined),
  )
}

async function live(pool: SessionPool): Promise<Record<string, string>> {
  return pool.use('store', async (session) => textsOf(await session.read(LOCATION, 'all', AbortSignal.timeout(5_000))))
}

/** Sessions as a writer has them: opened anew after a failure that may have broken them. */
function poolOf(options: object): SessionPool {
  const parsed = sinks.redis.options.parse({ ...options, connect_timeout: '2s', timeout: '2s' })
  return createSessionPool({
    datasources: () => [{ name: 'store', type: 'redis', options: parsed, printable: {} }],
    sinks: new Map([['redis', sinks.redis]]),
    secret: async (reference) => (typeof reference === 'string' ? reference : ''),
    signal: new AbortController().signal,
  })
}

function adminOf(servers: readonly RunningServer[]): Disposable & { clients: readonly Redis[] } {
  const clients = servers.map(({ port }) => new Redis({ port, host: '127.0.0.1' }))
  const disconnect = () => {
    for (const client of clients) client.disconnect()
  }
  return { clients, [Symbol.dispose]: disconnect }
}

/** CRC16 of the location: `CLUSTER KEYSLOT failover`. */
const SLOT = 3_739

/** The slots are given out in equal parts, in the order of the nodes. */
function ownerOf(nodes: readonly RunningServer[]): RunningServer {
  return nodes[Math.floor((SLOT * nodes.length) / 16_384)] as RunningServer
}

async function beginMove(source: Redis, target: Redis): Promise<void> {
  await target.cluster('SETSLOT', SLOT, 'IMPORTING', await source.cluster('MYID'))
  await source.cluster('SETSLOT', SLOT, 'MIGRATING', await target.cluster('MYID'))
}

async function moveKeys(source: Redis, target: Redis, keys: readonly string[]): Promise<void> {
  await source.migrate('127.0.0.1', target.options.port ?? 0, '', 0, 5_000, 'KEYS', ...keys)
}

async function endMove(nodes: readonly Redis[], target: Redis): Promise<void> {
  const id = await target.cluster('MYID')
  await target.cluster('SETSLOT', SLOT, 'NODE', id)
  for (const node of nodes) await node.cluster('SETSLOT', SLOT, 'NODE', id)
}

const REQUEST: Omit<ApplyRequest, 'generation' | 'commit' | 'release'> = {
  location: LOCATION,
  source: 'github/acme/app',
  ref: 'refs/heads/main',
  environment: 'production',
  syncMode: 'AUTO',
  prune: { enabled: false, scope: 'owned', last: false, dryRun: false, protection: [] },
  undo: true,
  repair: false,
}
