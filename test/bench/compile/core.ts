import { type CompileOptions, type DiffOptions, loadCore } from '@vartrack/core'
import { sampleCompileOptions } from '../../support/samples.js'
import { ms, type Row } from '../row.js'
import { type Baseline, buildBaseline } from './baseline.js'
import { fastest, lagRow } from './fastest.js'

const KEYS = 100_000
const MOST_MS = 100
/** So often each is measured, in turns: the machine is not equally fast at all times. */
const TURNS = 4
const TARGET_RATIO = { compile: 2, both: 3 }

const core = loadCore()

const compileOptions: CompileOptions = {
  ...sampleCompileOptions,
  names: ['production', 'staging'],
  rootKey: undefined,
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

/** 10 MB of JSON through the core, beside serde_json's parse of the same bytes in this run. */
export async function measureCore(): Promise<Row[]> {
  const baseline = buildBaseline()
  return [...(await measure('sorted', 1, baseline)), ...(await measure('shuffled', 7919, baseline))]
}

/** @param stride with which the services are visited: 1 keeps their order, a prime shuffles them */
async function measure(order: string, stride: number, baseline: Baseline): Promise<Row[]> {
  const bytes = makeFile(stride)
  const { frame } = await core.compile(bytes, 'json', compileOptions)
  const ledger = await core.ledger(frame, diffOptions.ledgerKey)
  let [raw, compile, both, lag] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0]
  for (let turn = 0; turn < TURNS; turn += 1) {
    raw = Math.min(raw, baseline(bytes, 'json'))
    compile = Math.min(compile, (await fastest(() => core.compile(bytes, 'json', compileOptions))).milliseconds)
    const diffed = await fastest(async () => core.diff((await core.compile(bytes, 'json', compileOptions)).frame, frame, ledger, diffOptions))
    both = Math.min(both, diffed.milliseconds)
    lag = Math.max(lag, diffed.lag)
  }
  const name = `${(bytes.length / 1e6).toFixed(1)} MB, ${KEYS} keys, ${order}`
  return [
    row(`compile, ${name}`, compile, raw, TARGET_RATIO.compile),
    row(`compile and diff, ${name}`, both, raw, TARGET_RATIO.both),
    lagRow(`${order} JSON`, lag),
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

function row(name: string, measured: number, raw: number, targetRatio: number): Row {
  const ratio = measured / raw
  return {
    name,
    measured: ms(measured),
    raw: ms(raw),
    ratio: `${ratio.toFixed(2)}x`,
    target: `<= ${targetRatio}x, <= ${MOST_MS} ms`,
    met: ratio <= targetRatio && measured <= MOST_MS,
  }
}
