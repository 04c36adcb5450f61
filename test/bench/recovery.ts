import { randomUUID } from 'node:crypto'
import { type ConsumerLimits, createConsumer, createProducer } from '@vartrack/queues'
import { connectRedis } from '@vartrack/runtime'
import { startRedis } from '../servers/redis.js'
import { eventually } from '../support/eventually.js'
import { privateRedis } from '../support/private-redis.js'
import { spawnNode } from '../support/processes.js'
import { repositoryRoot } from '../support/repository-root.js'
import { type RunningVarTrack, startVarTrack } from '../support/vartrack.js'
import { percentile, printTable, type Row } from './row.js'

/** From a fault to the moment work goes on. The three measurements run side by side: they wait most of the time. */
const KILLS = Number(process.env['BENCH_KILLS'] ?? 20)
const AT_ONCE = 5
const LEADERS = 3
const OUTAGE_MS = 30_000
/** BullMQ's own defaults: the raw counterpart of a kill. */
const BULLMQ: ConsumerLimits = { lockMs: 30_000, stalledCheckMs: 30_000, maxStalls: 1 }
const RAW_KILLS = 3
/** Locks are renewed every 5 s and stalls looked for every 3 s: a kill meets any phase of both. */
const ANY_PHASE_MS = 9_000
const LONGEST_MS = 120_000
const WORKER = `${repositoryRoot()}/test/dist/faults/queues/queue-worker.js`
const quiet = { onError: () => undefined }

await using redis = await startRedis()
const [killed, rawKilled, resumed, led] = await Promise.all([kills(KILLS, AT_ONCE), kills(RAW_KILLS, RAW_KILLS, BULLMQ), outage(), leaders()])
const [p99, rawWorst, worstLeader] = [percentile(killed, 0.99), Math.max(...rawKilled), Math.max(...led)]
printTable([
  row(`worker killed to job run again, p50 of ${KILLS}`, percentile(killed, 0.5), percentile(rawKilled, 0.5), '-', true),
  row(`worker killed to job run again, p99 of ${KILLS}`, p99, rawWorst, '<= 15 s', p99 <= 15_000),
  row(`Redis back after ${OUTAGE_MS / 1000} s to work going on`, resumed, undefined, '<= 2 s', resumed <= 2_000),
  row(`leader killed to successor leading, worst of ${LEADERS}`, worstLeader, undefined, '<= 15 s', worstLeader <= 15_000),
])

function row(name: string, measured: number, raw: number | undefined, target: string, met: boolean): Row {
  const ratio = raw === undefined ? '-' : (measured / raw).toFixed(2)
  return { name, measured: seconds(measured), raw: raw === undefined ? '-' : `${seconds(raw)} (BullMQ's defaults)`, ratio, target, met }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

/** Milliseconds of each kill, `atOnce` side by side. */
async function kills(count: number, atOnce: number, limits?: ConsumerLimits): Promise<number[]> {
  const times: number[] = []
  while (times.length < count) times.push(...(await Promise.all(Array.from({ length: atOnce }, () => killWorker(limits)))))
  return times.slice(0, count)
}

/** Kills a process that works a job, at a random moment, and waits until another worker has started that job. */
async function killWorker(limits?: ConsumerLimits): Promise<number> {
  const prefix = `{${randomUUID()}}`
  await using worker = spawnNode(WORKER, {}, [redis.url, prefix, ...(limits ? [JSON.stringify(limits)] : [])])
  await worker.waitFor(/ready/)
  const connection = await connectRedis(redis.url, 'producer', quiet)
  const producer = createProducer({ connection, prefix, ...quiet })
  const id = await producer.add('sweep', { correlation: 'bench', platform: 'long' })
  await worker.waitFor(new RegExp(`start ${id}`))
  const other = await survivor(prefix, limits)
  const until = performance.now() + Math.random() * ANY_PHASE_MS
  await eventually(() => performance.now() >= until, { timeoutMs: 2 * ANY_PHASE_MS })
  worker.kill()
  const at = performance.now()
  const taken = await other.started()
  await other.close()
  await producer.close()
  connection.disconnect()
  return taken - at
}

async function survivor(prefix: string, limits?: ConsumerLimits) {
  const connection = await connectRedis(redis.url, 'worker', quiet)
  let at: number | undefined
  const sweep = async () => {
    at = performance.now()
  }
  const options = { connection, prefix, queue: 'sweep', handlers: { sweep }, concurrency: 1, hooks: quiet } as const
  const consumer = createConsumer(limits ? { ...options, limits } : options)
  await consumer.ready()
  const close = async () => {
    await consumer.close(1_000)
    connection.disconnect()
  }
  return { started: () => eventually(() => at, { timeoutMs: LONGEST_MS, everyMs: 5 }), close }
}

/** Milliseconds from Redis answering again to a job added and worked. */
async function outage(): Promise<number> {
  const server = await privateRedis()
  const prefix = `{${randomUUID()}}`
  const [adding, working] = await Promise.all([connectRedis(server.url, 'producer', quiet), connectRedis(server.url, 'worker', quiet)])
  const producer = createProducer({ connection: adding, prefix, ...quiet })
  const seen: string[] = []
  const sweep = async (data: { platform: string }) => void seen.push(data.platform)
  const consumer = createConsumer({ connection: working, prefix, queue: 'sweep', handlers: { sweep }, concurrency: 4, hooks: quiet })
  await consumer.ready()
  await server.kill()
  const until = performance.now() + OUTAGE_MS
  await eventually(() => performance.now() >= until, { timeoutMs: 2 * OUTAGE_MS })
  await server.start()
  const back = performance.now()
  await eventually(() => producer.add('sweep', { correlation: 'bench', platform: 'after' }), { timeoutMs: 30_000, everyMs: 5 })
  await eventually(() => seen.includes('after'), { timeoutMs: 30_000, everyMs: 5 })
  const taken = performance.now() - back
  await consumer.close(1_000)
  await producer.close()
  for (const connection of [adding, working]) connection.disconnect()
  await server.remove()
  return taken
}

/** Milliseconds from each death of a leading watcher to its successor leading. */
async function leaders(): Promise<number[]> {
  const bundle = `bundle: {
  platforms: [{github: {endpoint: "http://127.0.0.1:1", secret: "none"}}]
  datasources: [{redis: {host: "127.0.0.1", port: ${redis.port}, db: 1}}]
  rules: [{platform: "github", datasource: "redis", repositories: ["acme/app"], file_name: "app.yaml", branch_map: {main: "production"}, destination_template: "{env}:app"}]
}
`
  const start = () => startVarTrack({ app: 'watcher', bundle, redisUrl: redis.url })
  const times: number[] = []
  let watchers: RunningVarTrack[] = await Promise.all([start(), start()])
  for (let kill = 0; kill < LEADERS; kill++) {
    const leader = await eventually(() => watchers.find(leads))
    leader.process.kill()
    const at = performance.now()
    const rest = watchers.filter((watcher) => watcher !== leader)
    await eventually(() => rest.some(leads), { timeoutMs: 60_000 })
    times.push(performance.now() - at)
    await leader.stop()
    watchers = [...rest, await start()]
  }
  await Promise.all(watchers.map((watcher) => watcher.stop()))
  return times
}

function leads(watcher: RunningVarTrack): boolean {
  return watcher.log().some((line) => line.msg.startsWith('leading'))
}
