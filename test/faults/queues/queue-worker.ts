import { writeSync } from 'node:fs'
import { createConsumer, type JobContext, type SweepJob } from '@vartrack/queues'
import { connectRedis } from '@vartrack/runtime'

/**
 * A worker of its own for the tests to kill and stop. Arguments: URL, prefix, limits as JSON (empty: the defaults). Tells what it does line by line.
 * A job of platform `quick` ends at once; every other one lasts until its signal aborts.
 */
const [url = '', prefix = '', limits = ''] = process.argv.slice(2)

async function sweep(data: SweepJob, { jobId, attempt, signal }: JobContext): Promise<void> {
  say('start', jobId, attempt)
  if (data.platform === 'quick') return
  await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
}

/** At once, also when the process is about to be killed. */
function say(...words: (string | number)[]): void {
  writeSync(1, `${words.join(' ')}\n`)
}

const connection = await connectRedis(url, 'worker', { onError: () => undefined })
const consumer = createConsumer({
  connection,
  prefix,
  queue: 'sweep',
  handlers: { sweep },
  concurrency: 4,
  hooks: { onError: () => undefined, onEnd: (job, end) => say('end', job.jobId, end.outcome, end.error?.code ?? '') },
  ...(limits ? { limits: JSON.parse(limits) as object } : {}),
})
process.once('SIGTERM', () => {
  void consumer.close(4_000).then(() => process.exit(0))
})
await consumer.ready()
say('ready')
