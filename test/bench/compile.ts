import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type CompileOptions, type DiffOptions, loadCore } from '@vartrack/core'

/** One line of the table: milliseconds through the addon, beside serde_json's parse of the same bytes in this run. */
interface Row {
  readonly name: string
  readonly measured: number
  readonly raw: number | undefined
  readonly ratio: number | undefined
  readonly target: string
  readonly met: boolean
}

const KEYS = 100_000
const ROUNDS = 15
const MOST_MS = 100
const MOST_LAG_MS = 20
const TARGET_RATIO = { compile: 2, both: 3 }

const core = loadCore()

const compileOptions: CompileOptions = {
  file: 'bench.json',
  environment: 'production',
  names: ['production', 'staging'],
  rootKey: undefined,
  rootKeyOptional: false,
  rootKeyAnyDepth: false,
  variables: {},
  arrays: 'index',
  limits: { maxFileBytes: 20 * 1024 * 1024, maxDepth: 64, maxKeys: KEYS },
}

const diffOptions: DiffOptions = {
  mode: 'repair',
  prune: { enabled: true, scope: 'owned', protection: [], maxDelete: undefined, approved: false, dryRun: false },
  ledgerKey: Buffer.alloc(32, 7),
  foreign: [],
  undo: false,
  report: false,
}

const parseBaseline = buildBaseline()
console.table([...(await measure('sorted', 1)), ...(await measure('shuffled', 7919))])

/** @param stride with which the services are visited: 1 keeps their order, a prime shuffles them */
async function measure(order: string, stride: number): Promise<Row[]> {
  const bytes = makeFile(stride)
  const raw = parseBaseline(bytes)
  const { frame } = await core.compile(bytes, 'json', compileOptions)
  const ledger = await core.ledger(frame, diffOptions.ledgerKey)
  const compile = await fastest(() => core.compile(bytes, 'json', compileOptions))
  const both = await fastest(async () => core.diff((await core.compile(bytes, 'json', compileOptions)).frame, frame, ledger, diffOptions))
  const name = `${(bytes.length / 1e6).toFixed(1)} MB, ${KEYS} keys, ${order}`
  return [
    row(`compile, ${name}`, compile.milliseconds, raw, TARGET_RATIO.compile),
    row(`compile and diff, ${name}`, both.milliseconds, raw, TARGET_RATIO.both),
    {
      name: `event loop lag p99 meanwhile, ${order}`,
      measured: both.lag,
      raw: undefined,
      ratio: undefined,
      target: `<= ${MOST_LAG_MS} ms`,
      met: both.lag <= MOST_LAG_MS,
    },
  ]
}

/** Services of ten settings each: texts of different lengths, numbers, booleans. */
function makeFile(stride: number): Buffer {
  const services = Array.from({ length: KEYS / 10 }, (_, index) => {
    const service = (index * stride) % (KEYS / 10)
    const settings = Array.from({ length: 10 }, (_, setting) => [`setting-${setting}`, valueOf(service, setting)])
    return [`service-${String(service).padStart(5, '0')}`, Object.fromEntries(settings)]
  })
  return Buffer.from(JSON.stringify(Object.fromEntries(services)))
}

function valueOf(service: number, setting: number): unknown {
  if (setting === 0) return service * 31
  return setting === 1 ? true : 'value of a setting, as it is found in files '.repeat(1 + (setting % 4))
}

/** What the work itself takes, without what else the machine does. */
async function fastest(run: () => Promise<unknown>): Promise<{ milliseconds: number; lag: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  let milliseconds = Number.POSITIVE_INFINITY
  delay.enable()
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now()
    await run()
    milliseconds = Math.min(milliseconds, performance.now() - begun)
  }
  delay.disable()
  return { milliseconds, lag: Number((delay.percentile(99) / 1e6).toFixed(1)) }
}

/** serde_json lives in an example of the crate, not in the addon: built here, and asked for its fastest of as many runs. */
function buildBaseline(): (bytes: Buffer) => number {
  const manifest = join(import.meta.dirname, '..', '..', '..', 'rust-core', 'Cargo.toml')
  const cache = process.env['VT_CACHE_DIR'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'vartrack')
  const target = join(cache, 'cargo-target')
  const build = ['build', '--release', '--quiet', '--manifest-path', manifest, '--target-dir', target, '-p', 'vartrack-etl', '--example', 'speed']
  execFileSync('cargo', build, { stdio: 'inherit' })
  return (bytes) => {
    const folder = mkdtempSync(join(tmpdir(), 'vartrack-bench-'))
    try {
      const file = join(folder, 'bench.json')
      writeFileSync(file, bytes)
      return Number(execFileSync(join(target, 'release', 'examples', 'speed'), ['baseline', file], { encoding: 'utf8' }))
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
}

function row(name: string, measured: number, raw: number, targetRatio: number): Row {
  const ratio = measured / raw
  return {
    name,
    measured: Number(measured.toFixed(1)),
    raw: Number(raw.toFixed(1)),
    ratio: Number(ratio.toFixed(2)),
    target: `<= ${targetRatio}x, <= ${MOST_MS} ms`,
    met: ratio <= targetRatio && measured <= MOST_MS,
  }
}
