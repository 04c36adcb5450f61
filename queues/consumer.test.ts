import { randomUUID } from 'node:crypto'
import { type Disposition, VarTrackError } from '@vartrack/errors'
import { type Job, Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../test/support/eventually.js'
import { type PrivateRedis, privateRedis } from '../test/support/private-redis.js'
import {
  type Consumer,
  type ConsumerOptions,
  createConsumer,
  createProducer,
  isAnothers,
  type JobContext,
  type JobEnd,
  type Producer,
  type SweepJob,
} from './index.js'

type Sweep = (data: SweepJob, context: JobContext) => Promise<void>

let server: PrivateRedis
let redis: Redis
let producer: Producer
let prefix: string
let ends: JobEnd[]
const open: Consumer[] = []

beforeAll(async () => {
  server = await privateRedis()
  redis = new Redis(server.url, { maxRetriesPerRequest: null })
})
afterAll(async () => {
  redis.disconnect()
  await server.remove()
})
beforeEach(() => {
  prefix = `{${randomUUID()}}`
  ends = []
  producer = createProducer({ connection: redis, prefix, onError: () => undefined })
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((consumer) => consumer.close(2_000)))
  await producer.close()
})

/** Works sweeps with the handler. */
function consume(sweep: Sweep, changes: Partial<ConsumerOptions<'sweep'>> = {}): Consumer {
  const hooks = { onError: () => undefined, onEnd: (_: unknown, end: JobEnd) => void ends.push(end), ...changes.hooks }
  const consumer = createConsumer({ connection: redis, prefix, queue: 'sweep', handlers: { sweep }, concurrency: 4, ...changes, hooks })
  open.push(consumer)
  return consumer
}

/** A lock that a busy machine does not cost a job unasked: it is renewed after half of it. */
const LIMITS = { lockMs: 4_000, stalledCheckMs: 500 }

/** What SIGSTOP does to a process: nothing of it runs, and its clock goes on. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

function failing(disposition: Disposition, times = Number.POSITIVE_INFINITY): Sweep {
  let left = times
  return async () => {
    if (left-- > 0) throw new VarTrackError({ code: 'test.failed', message: 'The password is hunter22.', disposition })
  }
}

async function addSweep(attempts = 1): Promise<Job> {
  const queue = await producer.queue('sweep')
  return queue.add('sweep', { version: 1, correlation: 'c', platform: 'github' }, { attempts, backoff: { type: 'fixed', delay: 50 } })
}

async function reloaded(job: Job): Promise<Job> {
  const found = await (await producer.queue('sweep')).getJob(job.id as string)
  return found as Job
}

describe('an error that a handler throws', () => {
  it('of kind retry is tried again after the backoff, until the attempts are used up', async () => {
    consume(failing({ kind: 'retry' }))
    const job = await addSweep(3)
    await eventually(async () => (await job.getState()) === 'failed')
    expect(ends.map((end) => end.outcome)).toEqual(['retried', 'retried', 'failed'])
  })

  it('of kind retry is announced to the handler when no try follows', async () => {
    const told: boolean[] = []
    const failed = failing({ kind: 'retry' })
    consume((data, context) => {
      told.push(context.isLastTry)
      return failed(data, context)
    })
    const job = await addSweep(3)
    await eventually(async () => (await job.getState()) === 'failed')
    expect(told).toEqual([false, false, true])
  })

  it('of kind retry that passes is forgotten', async () => {
    consume(failing({ kind: 'retry' }, 2))
    const job = await addSweep(3)
    await eventually(async () => (await job.getState()) === 'completed')
    expect(ends.map((end) => end.outcome)).toEqual(['retried', 'retried', 'completed'])
  })

  it('of kind wait comes back after the time the far side named, and costs no attempt', async () => {
    const started: number[] = []
    const wait = failing({ kind: 'wait', afterMs: 300 }, 2)
    consume((data, context) => {
      started.push(performance.now())
      return wait(data, context)
    })
    const job = await addSweep(1)
    await eventually(async () => (await job.getState()) === 'completed')
    expect(ends.map((end) => end.outcome)).toEqual(['waiting', 'waiting', 'completed'])
    expect((started[1] as number) - (started[0] as number)).toBeGreaterThan(290)
  })

  it('of kind replan is run again: a plan reads the head anew', async () => {
    consume(failing({ kind: 'replan' }, 1))
    const job = await addSweep(3)
    await eventually(async () => (await job.getState()) === 'completed')
    expect(ends.map((end) => end.outcome)).toEqual(['retried', 'completed'])
  })

  it.each(['stall', 'bug'] as const)('of kind %s is not tried again', async (kind) => {
    consume(failing({ kind }))
    const job = await addSweep(3)
    await eventually(async () => (await job.getState()) === 'failed')
    expect(ends.map((end) => end.outcome)).toEqual(['failed'])
  })

  it('is stored with its code, masked, and without a stack', async () => {
    consume(failing({ kind: 'stall' }), { mask: (text) => text.replaceAll('hunter22', '***') })
    const job = await addSweep()
    await eventually(async () => (await job.getState()) === 'failed')
    const stored = await reloaded(job)
    expect(stored.failedReason).toBe('test.failed: The password is ***.')
    expect(stored.stacktrace).toEqual([])
    expect(JSON.stringify(await redis.hgetall(`${prefix}:sweep:${job.id}`))).not.toContain('hunter22')
  })
})

describe('a job that nobody of ours added', () => {
  it('is refused and quarantined when its payload is not what the catalog says', async () => {
    let worked = 0
    consume(async () => void worked++)
    const queue = new Queue('sweep', { connection: redis, prefix })
    const job = await queue.add('sweep', { version: 1, correlation: 'c', platform: 'github', command: 'rm -rf /' }, { attempts: 5 })
    await eventually(async () => (await job.getState()) === 'failed')
    const [entry] = await (await producer.queue('quarantine')).getWaiting()
    expect(entry?.data).toMatchObject({ queue: 'sweep', name: 'sweep', jobId: job.id, data: { command: 'rm -rf /' } })
    expect(entry?.data.reason).toContain('job.payload')
    expect(worked).toBe(0)
    await queue.close()
  })

  it.each(['unknown', 'plan', '__proto__', 'constructor'])('is refused and quarantined when it is called %s', async (name) => {
    consume(async () => undefined)
    const queue = new Queue('sweep', { connection: redis, prefix })
    const job = await queue.add(name, {})
    await eventually(async () => (await job.getState()) === 'failed')
    expect((await reloaded(job)).failedReason).toContain('job.unknown')
    await eventually(async () => (await producer.depth('quarantine')) === 1)
    await queue.close()
  })
})

describe('the signal of a job', () => {
  it('aborts when the lock has gone', async () => {
    let reason: unknown
    consume(
      async (_, { signal, jobId }) => {
        await redis.del(`${prefix}:sweep:${jobId}:lock`)
        await eventually(() => signal.aborted)
        reason = signal.reason
        signal.throwIfAborted()
      },
      { limits: { lockMs: 1_000, stalledCheckMs: 60_000 } },
    )
    await addSweep()
    await eventually(() => ends.length > 0)
    expect(reason).toMatchObject({ code: 'job.lock_lost' })
    expect(ends[0]?.outcome).toBe('lost')
  })

  it('is aborted for whoever asks first once the process goes on that was stopped past the lock, and the job runs again', async () => {
    const seen: boolean[] = []
    const stopped = async (_: unknown, { signal }: JobContext) => {
      if (seen.length > 0) return
      standStill(LIMITS.lockMs + 200)
      seen.push(signal.aborted, isAnothers(signal), signal.aborted)
    }
    consume(stopped, { limits: LIMITS })
    const job = await addSweep()
    await eventually(async () => (await job.getState()) === 'completed')
    expect(seen).toEqual([false, true, true])
    expect(ends.map((end) => end.outcome)).toEqual(['lost', 'completed'])
  })

  it('is aborted at the end of a job that did not ask', async () => {
    let runs = 0
    const stopped = async () => {
      runs += 1
      if (runs === 1) standStill(LIMITS.lockMs + 200)
    }
    consume(stopped, { limits: LIMITS })
    const job = await addSweep()
    await eventually(async () => (await job.getState()) === 'completed')
    expect(ends.map((end) => end.outcome)).toEqual(['lost', 'completed'])
  })

  it('does not abort while the lock is renewed', async () => {
    let aborted: boolean | undefined
    const work = async (_: unknown, { signal }: JobContext) => {
      const start = performance.now()
      await eventually(() => signal.aborted || performance.now() - start > LIMITS.lockMs + 1_000)
      aborted = signal.aborted
    }
    consume(work, { limits: LIMITS })
    const job = await addSweep()
    await eventually(async () => (await job.getState()) === 'completed')
    expect(aborted).toBe(false)
  })
})

describe('the liveness of a consumer', () => {
  it('is fine while it waits and works, and says when its worker has ended', async () => {
    const consumer = consume(async () => undefined)
    const job = await addSweep()
    await eventually(async () => (await job.getState()) === 'completed')
    expect(await consumer.alive()).toBeUndefined()
    await consumer.close(2_000)
    expect(await consumer.alive()).toContain('sweep has ended')
  })
})

describe('closing a consumer', () => {
  it('lets a running job finish', async () => {
    let finished = false
    const consumer = consume(async () => {
      await eventually(() => closing)
      finished = true
    })
    let closing = false
    const job = await addSweep()
    await eventually(async () => (await job.getState()) === 'active')
    const closed = consumer.close(5_000)
    closing = true
    await closed
    expect(finished).toBe(true)
    expect(await job.getState()).toBe('completed')
  })

  it('hands back a job that does not end in time, uncounted, and the next worker takes it at once', async () => {
    const calledOff = new VarTrackError({ code: 'sink.aborted', message: 'The work was called off.', disposition: { kind: 'retry' } })
    const never = consume((_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(calledOff))))
    const job = await addSweep()
    await eventually(async () => (await job.getState()) === 'active')
    await never.close(3_300)
    expect(ends.map((end) => end.outcome)).toEqual(['handed_back'])
    expect(await job.getState()).toBe('waiting')
    let attempt = 0
    consume(async (_, context) => {
      attempt = context.attempt
    })
    await eventually(async () => (await job.getState()) === 'completed')
    expect(attempt).toBe(1)
  })

  it('hands back even a job that does not listen to its signal', async () => {
    const deaf = consume(() => new Promise(() => undefined))
    const job = await addSweep()
    await eventually(async () => (await job.getState()) === 'active')
    await deaf.close(3_300)
    expect(await job.getState()).toBe('waiting')
  })
})
