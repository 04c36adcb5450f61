import { parentPort, workerData } from 'node:worker_threads'
import { mutate } from './mutate.js'
import { createRandom } from './random.js'
import type { SubjectModule } from './subject.js'

/** What the thread is told. */
export interface Orders {
  readonly name: string
  readonly seconds: number
  readonly seed: number
  /** One number: the inputs so far. */
  readonly progress: Int32Array
}

/** An input that did what none should do. */
export interface Finding {
  readonly reason: string
  readonly input: Uint8Array
}

export interface Report {
  readonly inputs: number
  readonly kinds: number
  readonly findings: readonly Finding[]
}

const MOST_FINDINGS = 10
const MOST_KEPT = 2000
/** Longest time for one input, in milliseconds; the machine may be busy. */
const SLOW_MS = 2000

parentPort?.postMessage(await work(workerData as Orders), [])

async function work({ name, seconds, seed, progress }: Orders): Promise<Report> {
  const { subject } = (await import(`./subjects/${name}.js`)) as SubjectModule
  const random = createRandom(seed)
  const corpus = [...subject.seeds]
  const kinds = new Set<string>()
  const findings = new Map<string, Finding>()
  const until = performance.now() + seconds * 1000
  let inputs = 0
  while (performance.now() < until && findings.size < MOST_FINDINGS) {
    const input = inputs < subject.seeds.length ? (subject.seeds[inputs] as Buffer) : mutate(corpus, subject.words, random)
    const outcome = await tried(() => subject.run(Buffer.from(input)))
    inputs += 1
    Atomics.store(progress, 0, inputs)
    if ('reason' in outcome) findings.set(outcome.reason.replaceAll(/\d+/g, '0'), { reason: outcome.reason, input: new Uint8Array(input) })
    else if (!kinds.has(outcome.kind) && corpus.length < MOST_KEPT) corpus.push(Buffer.from(input))
    if ('kind' in outcome) kinds.add(outcome.kind)
  }
  return { inputs, kinds: kinds.size, findings: [...findings.values()] }
}

async function tried(run: () => Promise<string>): Promise<{ kind: string } | { reason: string }> {
  const begun = performance.now()
  try {
    const kind = await run()
    const took = performance.now() - begun
    return took > SLOW_MS ? { reason: `took ${took.toFixed(0)} ms` } : { kind }
  } catch (error) {
    return { reason: error instanceof Error ? `${error.message.slice(0, 300)} ${error.stack?.split('\n')[1]?.trim() ?? ''}` : String(error) }
  }
}
