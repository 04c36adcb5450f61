import { existsSync, writeSync } from 'node:fs'
import { createConsumer, type JobContext, type SweepJob, type WriteJob } from '@vartrack/queues'
import { connectRedis } from '@vartrack/runtime'

/**
 * A worker of its own for the tests to kill and stop. Arguments: URL, prefix, limits as JSON (empty: the defaults), a path. Tells what it does line by line.
 * Works sweeps: a job of platform `quick` ends at once, one of platform `busy` has the process compute until there is a file at the path, and every other one
 * lasts until its signal aborts. Works the writes of redis, too: each of them lasts.
 */
const [url = '', prefix = '', limits = '', enough = ''] = process.argv.slice(2)

async function sweep(data: SweepJob, context: JobContext): Promise<void> {
  say('start', context.jobId, context.attempt)
  if (data.platform === 'busy') return compute()
  if (data.platform !== 'quick') await untilAborted(context)
}

async function write(_: WriteJob, context: JobContext): Promise<void> {
  say('start', context.jobId, context.attempt)
  await untilAborted(context)
}

function untilAborted({ signal }: JobContext): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
}

/** Holds the event loop, as a regular expression or a parser may. */
function compute(): void {
  while (!existsSync(enough)) continue
}

/** At once, also when the process is about to be killed. */
function say(...words: (string | number)[]): void {
  writeSync(1, `${words.join(' ')}\n`)
}

const common = {
  connection: await connectRedis(url, 'worker', { onError: () => undefined }),
  prefix,
  concurrency: 4,
  hooks: { onError: () => undefined, onEnd: (job, end) => say('end', job.jobId, end.outcome, end.error?.code ?? '') },
  ...(limits ? { limits: JSON.parse(limits) as object } : {}),
} satisfies Partial<Parameters<typeof createConsumer>[0]>
const consumers = [
  createConsumer({ ...common, queue: 'sweep', handlers: { sweep } }),
  createConsumer({ ...common, queue: 'write', sink: 'redis', handlers: { write, restore: write } }),
]
process.once('SIGTERM', () => {
  void Promise.all(consumers.map((consumer) => consumer.close(4_000))).then(() => process.exit(0))
})
await Promise.all(consumers.map((consumer) => consumer.ready()))
say('ready')
