import { startChain } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import type { StoreView } from '../support/store-views.js'
import { metricMeans } from './metric-means.js'
import { ms, percentile, printTable, type Row } from './row.js'

/** From a push to its value read back in Redis, MongoDB and ZooKeeper, with everything warm. */
const PUSHES = Number(process.env.BENCH_PUSHES ?? 500)
const WARM_UP = 20
const LONGEST_MS = 30_000
const EVERY_MS = 4
const CHEAPEST_READ_FIRST = ['redis', 'zookeeper', 'mongo'] as const

await using chain = await startChain({ name: 'bench', pollInterval: '1h' })
const times: number[] = []
for (let push = 0; push < WARM_UP + PUSHES; push++) {
  const taken = await pushAndReadBack(push)
  if (push >= WARM_UP) times.push(taken)
}
const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)]
const rows: Row[] = [
  { name: `push to read-back in three stores, p50 of ${PUSHES}`, measured: ms(p50), raw: '-', ratio: '-', target: '<= 100 ms', met: p50 <= 100 },
  { name: `push to read-back in three stores, p99 of ${PUSHES}`, measured: ms(p99), raw: '-', ratio: '-', target: '<= 500 ms', met: p99 <= 500 },
]
printTable(rows)
console.log('\nMean of each step:')
for (const [step, seconds] of await steps()) console.log(`- ${step}: ${ms(seconds * 1000)}`)

/** Milliseconds from sending the webhook until the last store has the value. The commit itself is made before. */
async function pushAndReadBack(push: number): Promise<number> {
  const content = `database:\n  host: db${push}\n  port: 5432\nfeature_flag: true\n`
  await chain.repository.commitFiles('main', { 'configs/app.yaml': content }, `push ${push}`, { notify: false })
  const started = performance.now()
  await Promise.all([chain.announce('refs/heads/main'), inEveryStore(`db${push}`)])
  return performance.now() - started
}

/** Asks one store after the other: the last to have it counts anyway, and three readers at once would take the machine from what is measured. */
async function inEveryStore(host: string): Promise<void> {
  for (const name of CHEAPEST_READ_FIRST) {
    await eventually(() => holds(chain.stores[name], host), { timeoutMs: LONGEST_MS, everyMs: EVERY_MS })
  }
}

/** A store that is not there yet, before the first push, does not hold it. */
async function holds(store: StoreView, host: string): Promise<boolean> {
  const entries = await store.entries()
  return entries['database.host'] === host
}

async function steps(): Promise<[string, number][]> {
  const text = await (await fetch(`${chain.varTrack.adminUrl}/metrics`)).text()
  return [
    ...metricMeans(text, 'vartrack_ingress_webhook_duration_seconds', 'platform', 'webhook to 202'),
    ...metricMeans(text, 'vartrack_job_wait_seconds', 'queue', 'waiting in queue'),
    ...metricMeans(text, 'vartrack_planner_step_duration_seconds', 'step', 'plan'),
    ...metricMeans(text, 'vartrack_job_duration_seconds', 'queue', 'job'),
  ]
}
