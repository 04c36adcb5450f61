import { loadCore } from '@vartrack/core'
import { encodeJournal } from '@vartrack/engine'
import { FrameWriter, type Head } from '@vartrack/sink-kit'
import { sampleCompileOptions } from '../support/samples.js'
import { bulkMongo } from './bulk/bulk-mongo.js'
import { bulkRedis } from './bulk/bulk-redis.js'
import { type BulkStore, entriesOf } from './bulk/bulk-store.js'
import { bulkZooKeeper } from './bulk/bulk-zookeeper.js'
import { ms, percentile, printTable, type Row } from './row.js'

/** A sink's write of 100k new keys with its journal and head, beside the same keys through the raw driver, in turns. */
const KEYS = Number(process.env.BENCH_KEYS ?? 100_000)
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 6)
const LEAST = 0.8
const STORES = { redis: bulkRedis, mongo: bulkMongo, zookeeper: bulkZooKeeper }
/** Names of the stores to measure, by commas. */
const WANTED = process.env.BENCH_STORES?.split(',') ?? Object.keys(STORES)

const HEAD: Head = {
  source: 'github/acme/app',
  ref: 'refs/heads/main',
  environment: 'production',
  generation: 1,
  commit: '0'.repeat(40),
  digest: '0'.repeat(64),
  journal: 1,
  entries: KEYS,
  writtenAt: '2026-01-01T00:00:00.000Z',
}

const COMPILE = { ...sampleCompileOptions, limits: { maxFileBytes: 100_000_000, maxDepth: 64, maxKeys: KEYS } }

const entries = entriesOf(KEYS)
const changes = changesFrame()
const journal = await journalOf()
const rows: Row[] = []
for (const [name, open] of Object.entries(STORES)) if (WANTED.includes(name)) rows.push(await measure(open))
printTable(rows)

/** Every round has a server of its own, so that none carries the rounds before, and they take turns at going first. */
async function measure(open: () => Promise<BulkStore>): Promise<Row> {
  const [measured, raw]: [number[], number[]] = [[], []]
  let name = ''
  for (let round = 0; round < ROUNDS; round++) {
    await using store = await open()
    name = store.name
    await warmUp(store)
    const own = async () => void measured.push(await timed(store, (location) => sinkWrite(store, location)))
    const plain = async () => void raw.push(await timed(store, (location) => store.rawWrite(location, entries)))
    for (const turn of round % 2 === 0 ? [own, plain] : [plain, own]) await turn()
  }
  return rowOf(name, percentile(measured, 0.5), percentile(raw, 0.5))
}

function rowOf(name: string, own: number, plain: number): Row {
  const ratio = plain / own
  const measured = { name: `bulk write of ${KEYS} keys, ${name}`, measured: ms(own), raw: ms(plain) }
  return { ...measured, ratio: `${ratio.toFixed(2)} of the rate`, target: `>= ${LEAST}`, met: ratio >= LEAST }
}

async function warmUp(store: BulkStore): Promise<void> {
  await store.rawWrite(store.newLocation(), entries.slice(0, KEYS / 10))
}

async function sinkWrite(store: BulkStore, location: string): Promise<void> {
  await store.session.write(location, { changes, head: HEAD, journal, expected: null }, AbortSignal.timeout(120_000))
}

async function timed(store: BulkStore, work: (location: string) => Promise<void>): Promise<number> {
  const location = store.newLocation()
  const started = performance.now()
  await work(location)
  return performance.now() - started
}

function changesFrame(): Buffer {
  const frame = new FrameWriter('changes')
  for (const [key, value] of entries) frame.add(key, value, 'string', 'put')
  return frame.finish()
}

/** As the engine keeps it for a first write: a ledger of all keys, and an undo that removes them. */
async function journalOf(): Promise<Buffer> {
  const core = loadCore()
  const release = await core.compile(Buffer.from(JSON.stringify(Object.fromEntries(entries))), 'json', COMPILE)
  const undo = new FrameWriter('changes')
  for (const [key] of entries) undo.add(key, '', 'text', 'delete')
  const ledgerKey = Buffer.alloc(32, 7)
  return encodeJournal({ ledgerKey, previous: null, ledger: await core.ledger(release.frame, ledgerKey), undo: undo.finish() })
}
