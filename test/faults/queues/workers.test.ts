import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Consumer, type ConsumerLimits, createConsumer, createProducer, type JobContext, type Producer, type SweepJob } from '@vartrack/queues'
import { connectRedis } from '@vartrack/runtime'
import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.js'
import { type PrivateRedis, privateRedis } from '../../support/private-redis.js'
import { type RunningProcess, spawnNode } from '../../support/processes.js'
import { repositoryRoot } from '../../support/repository-root.js'
import { temporaryDirectory } from '../../support/temporary-directory.js'

const ENTRY = `${repositoryRoot()}/test/dist/faults/queues/queue-worker.js`
/** Short times for what needs many of them. */
const BRISK: ConsumerLimits = { lockMs: 1_000, stalledCheckMs: 500, maxStalls: 2 }
/** The job of a dead worker runs again when its lock of 10 s is over and that is looked for, every 3 s. BullMQ's own take 60 s. */
const TAKEN_OVER_MS = 15_000
/** Handed back, a job does not wait for the end of its lock; and after an outage nobody waits as long as BullMQ would. */
const SOON_MS = 2_000
/** For an outage that is shorter, however long a server takes to start. */
const LONG_LOCK: ConsumerLimits = { lockMs: 60_000, stalledCheckMs: 3_000, maxStalls: 2 }
const quiet = { onError: () => undefined }

let server: PrivateRedis
let connections: { readonly producer: Redis; readonly worker: Redis }
let producer: Producer
let prefix: string
const open: { close(timeoutMs: number): Promise<void> }[] = []

beforeAll(async () => {
  server = await privateRedis()
  connections = { producer: await connectRedis(server.url, 'producer', quiet), worker: await connectRedis(server.url, 'worker', quiet) }
})
afterAll(async () => {
  connections.producer.disconnect()
  connections.worker.disconnect()
  await server.remove()
})
beforeEach(() => {
  prefix = `{${randomUUID()}}`
  producer = createProducer({ connection: connections.producer, prefix, onError: () => undefined })
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close(1_000)))
  await producer.close()
})

/** @param enough path of the file that ends a `busy` job */
async function workerProcess(limits?: ConsumerLimits, enough = ''): Promise<RunningProcess> {
  const worker = spawnNode(ENTRY, {}, [server.url, prefix, limits ? JSON.stringify(limits) : '', enough])
  open.push({ close: async () => void (await worker.stop(0)) })
  await worker.waitFor(/ready/)
  return worker
}

function consume(sweep: (data: SweepJob, context: JobContext) => Promise<void>, limits?: ConsumerLimits): Consumer {
  const common = { connection: connections.worker, prefix, queue: 'sweep', handlers: { sweep }, concurrency: 4, hooks: quiet } as const
  const consumer = createConsumer({ ...common, ...(limits ? { limits } : {}) })
  open.push(consumer)
  return consumer
}

/** Resolves with the attempt when this process has worked the job. */
function worked(limits?: ConsumerLimits): Promise<{ readonly attempt: number; readonly at: number }> {
  return new Promise((resolve) => {
    consume(async (_, { attempt }) => resolve({ attempt, at: performance.now() }), limits)
  })
}

describe('a worker that is killed with a job in hand', () => {
  it('has its job run again by another within 15 s', async () => {
    const worker = await workerProcess()
    const id = await producer.add('sweep', { correlation: 'c', platform: 'long' })
    await worker.waitFor(new RegExp(`start ${id} 1`))
    const again = worked()
    worker.kill()
    const killed = performance.now()
    expect((await again).at - killed).toBeLessThan(TAKEN_OVER_MS)
  })

  it('has its job put into quarantine, with a reason, after it took down one worker more than is borne', async () => {
    const id = await producer.add('sweep', { correlation: 'c', platform: 'long' })
    for (let i = 0; i <= BRISK.maxStalls; i++) {
      const worker = await workerProcess(BRISK)
      await worker.waitFor(new RegExp(`start ${id}`))
      worker.kill()
      await worker.exited
    }
    let ran = 0
    consume(async () => void ran++, BRISK)
    const quarantine = await producer.queue('quarantine')
    const [entry] = await eventually(async () => {
      const found = await quarantine.getWaiting()
      return found.length > 0 && found
    })
    expect(entry?.data).toMatchObject({ queue: 'sweep', name: 'sweep', jobId: id, correlation: 'c', reason: 'job stalled more than allowable limit' })
    expect(ran).toBe(0)
  })

  it('has the change set of a poisonous write settled all the same, and others work on', async () => {
    const settled: string[] = []
    const settle = async ({ changeSet }: { changeSet: string }) => void settled.push(changeSet)
    const consumer = createConsumer({ connection: connections.worker, prefix, queue: 'settle', handlers: { settle }, concurrency: 1, hooks: quiet })
    open.push(consumer)
    const data = { correlation: 'c', changeSet: 'poisonous', target: 0 }
    await producer.addFlow({ correlation: 'c', changeSet: 'poisonous' }, [{ name: 'write', sink: 'redis', data }])
    for (let i = 0; i <= BRISK.maxStalls; i++) {
      const worker = await workerProcess(BRISK)
      await worker.waitFor(/start/)
      expect(settled).toEqual([])
      worker.kill()
      await worker.exited
    }
    const survivor = await workerProcess(BRISK)
    await eventually(() => settled.length > 0)
    expect(settled).toEqual(['poisonous'])
    expect(survivor.output()).not.toContain('start')
    const [entry] = await eventually(async () => {
      const found = await (await producer.queue('quarantine')).getWaiting()
      return found.length > 0 && found
    })
    expect(entry?.data).toMatchObject({ queue: 'write-redis', name: 'write', data: { changeSet: 'poisonous', target: 0 } })
    const id = await producer.add('sweep', { correlation: 'c', platform: 'quick' })
    await survivor.waitFor(new RegExp(`end ${id} completed`))
  })
})

describe('a worker whose event loop is held past its lock', () => {
  it('loses its job to another, and what it says of it when it is free counts no more', async () => {
    await using directory = await temporaryDirectory('busy')
    const enough = join(directory.path, 'enough')
    const worker = await workerProcess(BRISK, enough)
    const id = await producer.add('sweep', { correlation: 'c', platform: 'busy' })
    await worker.waitFor(new RegExp(`start ${id} 1`))
    const again = await worked(BRISK)
    expect(again.attempt).toBe(1)
    expect(worker.output()).not.toContain('end')
    const sweeps = await producer.queue('sweep')
    await eventually(async () => (await sweeps.getCompletedCount()) === 1)
    await writeFile(enough, '')
    await worker.waitFor(new RegExp(`end ${id} `))
    expect(await sweeps.getJobCounts('completed', 'failed', 'active')).toEqual({ completed: 1, failed: 0, active: 0 })
    const next = await producer.add('sweep', { correlation: 'c', platform: 'quick' })
    await eventually(async () => (await (await sweeps.getJob(next))?.getState()) === 'completed')
  })
})

describe('a worker that is stopped past its lock', () => {
  it('loses its job to another, and its own signal aborts first thing when it goes on', async () => {
    const worker = await workerProcess(BRISK)
    const id = await producer.add('sweep', { correlation: 'c', platform: 'long' })
    await worker.waitFor(new RegExp(`start ${id} 1`))
    worker.pause()
    expect((await worked(BRISK)).attempt).toBe(1)
    worker.resume()
    await worker.waitFor(new RegExp(`end ${id} lost job.lock_lost`), 1_000)
    const sweeps = await producer.queue('sweep')
    await eventually(async () => (await sweeps.getCompletedCount()) === 1)
  })
})

describe('a worker that gets SIGTERM', () => {
  it('hands its job back and ends; the next one has it at once and at the same attempt', async () => {
    const worker = await workerProcess()
    const id = await producer.add('sweep', { correlation: 'c', platform: 'long' })
    await worker.waitFor(new RegExp(`start ${id} 1`))
    worker.kill('SIGTERM')
    expect(await worker.exited).toEqual({ code: 0, signal: null })
    expect(worker.output()).toContain(`end ${id} handed_back`)
    const since = performance.now()
    const next = await worked()
    expect(next.attempt).toBe(1)
    expect(next.at - since).toBeLessThan(SOON_MS)
  })
})

describe('a Redis that comes back after an outage', () => {
  it('has work going on within 2 s, what was added before it and what comes after', async () => {
    const seen: string[] = []
    consume(async (data) => void seen.push(data.platform))
    await producer.add('sweep', { correlation: 'c', platform: 'before' })
    await eventually(() => seen.includes('before'))
    const queue = await producer.queue('sweep')
    await queue.pause()
    await producer.add('sweep', { correlation: 'c', platform: 'kept' })
    await queue.resume()
    await eventually(() => seen.includes('kept'))
    await server.kill()
    await expect(producer.ready()).rejects.toMatchObject({ status: 503 })
    await server.start()
    const back = performance.now()
    await eventually(() => producer.add('sweep', { correlation: 'c', platform: 'after' }))
    await eventually(() => seen.includes('after'))
    expect(performance.now() - back).toBeLessThan(SOON_MS)
  })
})

describe('a job that runs while Redis is away', () => {
  it('ends as if nothing had been, when the outage is shorter than its lock', async () => {
    let back = false
    const signals: AbortSignal[] = []
    consume(async (_, { signal }) => {
      signals.push(signal)
      await eventually(() => back, { timeoutMs: LONG_LOCK.lockMs })
    }, LONG_LOCK)
    const id = await producer.add('sweep', { correlation: 'c', platform: 'long' })
    await eventually(() => signals.length === 1)
    await server.kill()
    await eventually(() => connections.worker.status !== 'ready')
    await server.start()
    back = true
    const queue = await eventually(() => producer.queue('sweep'))
    await eventually(async () => (await (await queue.getJob(id))?.getState()) === 'completed')
    expect(signals.map((signal) => signal.aborted)).toEqual([false])
  })

  it('is told that its lock has gone, when the outage is longer, and is run again afterwards', async () => {
    const reasons: unknown[] = []
    let runs = 0
    consume(async (_, { signal }) => {
      if (++runs > 1) return
      await eventually(() => signal.aborted)
      reasons.push(signal.reason)
      signal.throwIfAborted()
    }, BRISK)
    const id = await producer.add('sweep', { correlation: 'c', platform: 'long' })
    await eventually(() => runs === 1)
    await server.kill()
    await eventually(() => reasons.length === 1)
    await server.start()
    const queue = await eventually(() => producer.queue('sweep'))
    await eventually(async () => (await (await queue.getJob(id))?.getState()) === 'completed')
    expect(reasons).toMatchObject([{ code: 'job.lock_lost' }])
  })
})

describe('a Redis that was emptied', () => {
  it('has work going on at once', async () => {
    const seen: string[] = []
    consume(async (data) => void seen.push(data.platform))
    await producer.add('sweep', { correlation: 'c', platform: 'before' })
    await eventually(() => seen.includes('before'))
    await connections.producer.flushall()
    await producer.add('sweep', { correlation: 'c', platform: 'after' })
    await eventually(() => seen.includes('after'), { timeoutMs: 6_000 })
    expect(seen).toEqual(['before', 'after'])
  })
})
