import { loadCore } from '@vartrack/core'
import { apply, checkDrift, type EngineContext, type JournalCache } from '@vartrack/engine'
import { sampleCompileOptions } from '../support/samples.js'
import { bulkMongo } from './bulk/bulk-mongo.js'
import { bulkRedis } from './bulk/bulk-redis.js'
import { type BulkStore, entriesOf } from './bulk/bulk-store.js'
import { bulkZooKeeper } from './bulk/bulk-zookeeper.js'
import { ms, percentile, printTable, type Row } from './row.js'

/** A drift check of 100k keys, values read and compared with the ledger, beside reading them with the raw driver, in turns. */
const KEYS = Number(process.env.BENCH_KEYS ?? 100_000)
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9)
const MOST = 1.3
const SOURCE = 'github/acme/app'
const COMPILE = { ...sampleCompileOptions, limits: { maxFileBytes: 100_000_000, maxDepth: 64, maxKeys: KEYS } }
const PRUNE = { enabled: false, scope: 'owned', last: false, dryRun: false, protection: [] } as const

const core = loadCore()
const entries = entriesOf(KEYS)
const release = await core.compile(Buffer.from(JSON.stringify(Object.fromEntries(entries))), 'json', COMPILE)
const rows: Row[] = []
for (const open of [bulkRedis, bulkMongo, bulkZooKeeper]) {
  await using store = await open()
  rows.push(await measure(store))
}
printTable(rows)

async function measure(store: BulkStore): Promise<Row> {
  const location = store.newLocation()
  const context = contextOf(store)
  await write(context, location)
  const [measured, raw]: [number[], number[]] = [[], []]
  for (let round = 0; round <= ROUNDS; round++) {
    const own = await timed(() => check(context, location))
    const plain = await timed(() => rawRead(store, location))
    if (round > 0) measured.push(own)
    if (round > 0) raw.push(plain)
  }
  const [own, plain] = [percentile(measured, 0.5), percentile(raw, 0.5)]
  const name = `drift check of ${KEYS} keys, ${store.name}`
  return { name, measured: ms(own), raw: ms(plain), ratio: (own / plain).toFixed(2), target: `<= ${MOST}`, met: own / plain <= MOST }
}

async function write(context: EngineContext, location: string): Promise<void> {
  const given = {
    ref: 'refs/heads/main',
    environment: 'production',
    generation: 1,
    commit: '0'.repeat(40),
    syncMode: 'LIVE_STATE',
    undo: false,
  } as const
  await apply(context, { ...given, location, source: SOURCE, release, prune: { ...PRUNE, protection: [] }, repair: false })
}

async function check(context: EngineContext, location: string): Promise<void> {
  const report = await checkDrift(context, { location, source: SOURCE, extras: 'ignore' })
  if (report.summary.same !== KEYS) throw new Error(`The check saw ${report.summary.same} of ${KEYS} keys`)
}

async function rawRead(store: BulkStore, location: string): Promise<void> {
  const seen = await store.rawRead(location)
  if (seen < KEYS) throw new Error(`The driver read ${seen} of ${KEYS} keys`)
}

/** A watcher remembers journals between its polls. */
function contextOf(store: BulkStore): EngineContext {
  const remembered: JournalCache = new Map()
  return { core, session: store.session, traits: store.traits, signal: AbortSignal.timeout(600_000), journals: remembered }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}
