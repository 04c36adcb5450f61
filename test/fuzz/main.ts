import { readdirSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Finding, Orders, Report } from './thread.js'

/** `npm run fuzz -- NAME [SECONDS] [SEED]`: mutated inputs for one subject, or for all of them one after the other. */
const DEFAULT_SECONDS = 60
/** An input that takes longer is a hang: the slowest right one takes milliseconds. */
const HANG_MS = 10_000

const names = readdirSync(join(import.meta.dirname, 'subjects')).flatMap((file) => /^([a-z-]+)\.js$/.exec(file)?.[1] ?? [])
const [wanted = '', seconds = String(DEFAULT_SECONDS), seed = String(Date.now() % 1_000_000)] = process.argv.slice(2)
const chosen = wanted === 'all' ? names : names.filter((name) => name === wanted)
if (chosen.length === 0 || !(Number(seconds) > 0) || !Number.isInteger(Number(seed))) {
  console.error(`Usage: npm run fuzz -- NAME [SECONDS] [SEED], where NAME is all or one of ${names.join(', ')}`)
  process.exitCode = 2
}
for (const name of chosen) await fuzz({ name, seconds: Number(seconds), seed: Number(seed) })

async function fuzz(orders: Omit<Orders, 'progress'>): Promise<void> {
  console.log(`${orders.name}: ${orders.seconds} s, seed ${orders.seed}`)
  const { inputs, kinds, findings } = await runThread(orders)
  console.log(`${orders.name}: ${inputs} inputs, ${kinds} kinds of outcome, ${findings.length} findings`)
  for (const finding of findings) await tell(orders.name, finding)
  if (findings.length > 0 || inputs === 0) process.exitCode = 1
}

/** The thread counts its inputs where this one sees them: one that stays is a hang. */
async function runThread(orders: Omit<Orders, 'progress'>): Promise<Report> {
  const progress = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(new URL('./thread.js', import.meta.url), { execArgv: [], workerData: { ...orders, progress } satisfies Orders })
  return new Promise((resolve) => {
    let last = -1
    const watch = setInterval(() => {
      const now = Atomics.load(progress, 0)
      if (now === last) end(stopped(now, `input ${now} took more than ${HANG_MS} ms`))
      last = now
    }, HANG_MS)
    const end = (report: Report) => {
      clearInterval(watch)
      void worker.terminate()
      resolve(report)
    }
    worker.on('message', end)
    worker.on('error', (error) => end(stopped(Atomics.load(progress, 0), `the thread died: ${error.message}`)))
  })
}

function stopped(inputs: number, reason: string): Report {
  return { inputs, kinds: 0, findings: [{ reason: `${reason}; the same seed gives it again`, input: new Uint8Array() }] }
}

async function tell(name: string, { reason, input }: Finding): Promise<void> {
  const file = join(await mkdtemp(join(tmpdir(), `vartrack-fuzz-${name}-`)), 'input')
  await writeFile(file, input)
  console.log(`  ${reason}\n  ${file}: ${JSON.stringify(Buffer.from(input).toString('latin1').slice(0, 300))}`)
}
