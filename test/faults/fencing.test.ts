import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askApi, changeSet, outcomesOf } from '../support/admin-api.js'
import { STORES } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { type FaultChain, startFaultChain } from '../support/fault-chain.js'
import { prepareFleet } from '../support/fleet.js'
import { watchGenerations } from '../support/generations.js'
import { pushFirst, pushHost } from '../support/push-host.js'
import type { RunningVarTrack } from '../support/vartrack.js'

/** All tries of a write, with the waits between them: without their lock, writers can overtake each other until these waits are longer than a write. */
const TRIES_OF_A_WRITE_MS = 60_000

describe('two writers', () => {
  const prepared = prepareFleet({ planner: 1, writer: 2, watcher: 0 })
  let chain: FaultChain
  let queues: Redis
  let generations: ReturnType<typeof watchGenerations>
  /** The writes of a change set, while each is being worked. @returns the ids of their jobs */
  const eventuallyActive = async (commit: string) => {
    const { id } = await changeSet(chain.varTrack, (each) => each.commit === commit)
    const writing = async (store: string) => {
      const queue = `{vartrack}:write-${store}`
      const active = await queues.lrange(`${queue}:active`, 0, -1)
      const data = await Promise.all(active.map((job) => queues.hget(`${queue}:${job}`, 'data')))
      return active.find((_, index) => data[index]?.includes(id))
    }
    return eventually(async () => {
      const jobs = (await Promise.all(STORES.map(writing))).filter((job) => job !== undefined)
      return jobs.length === STORES.length && jobs
    })
  }
  const eventuallySettled = (commit: string) => changeSet(chain.varTrack, (each) => each.commit === commit && each.state === 'settled')
  const dropLocks = async () => {
    const locks = await queues.keys('{vartrack}:lock:*')
    if (locks.length > 0) await queues.del(locks)
    return true
  }
  /** At one moment: a job goes from one of these to another. */
  const nothingWaits = async () => {
    const look = queues.multi()
    for (const key of STORES.map((store) => `{vartrack}:write-${store}`)) {
      look.llen(`${key}:active`).llen(`${key}:wait`).zcard(`${key}:prioritized`).zcard(`${key}:delayed`)
    }
    const counts = (await look.exec()) ?? []
    return counts.every(([, count]) => count === 0)
  }
  const slowDown = (ms: number) => Promise.all(STORES.map((store) => chain.network[store].break({ kind: 'delay', ms })))
  const mend = () => Promise.all(STORES.map((store) => chain.network[store].mend()))
  const historyOf = async (commit: string, datasource: string) => {
    const told = await changeSet(chain.varTrack, (each) => each.commit === commit)
    const { location = '', source = '' } = told.targets.find((target) => target.datasource === datasource) ?? {}
    const query = new URLSearchParams({ datasource, location, source }).toString()
    const { history } = (await askApi(chain.varTrack, `/destinations/history?${query}`)) as { history: { commit: string }[] }
    return history.filter((entry) => entry.commit === commit)
  }

  beforeAll(async () => {
    chain = await startFaultChain({ name: 'fencing', pollInterval: '1h', start: prepared.start, env: { LOG_LEVEL: 'debug' } })
    queues = new Redis(chain.redis.url)
    generations = watchGenerations(chain)
    await pushFirst(chain)
  }, 120_000)
  afterAll(async () => {
    queues?.disconnect()
    await generations?.stop()
    await chain?.[Symbol.asyncDispose]()
  })

  it('who run the same write at once, without the lock that keeps them apart, leave one outcome and one entry of history behind', async () => {
    // A try that comes second says that it failed until it is tried again: the change set is judged when all of them have ended.
    const settling = new Queue('settle', { connection: queues, prefix: '{vartrack}' })
    await settling.pause()
    await slowDown(40)
    const commit = await pushHost(chain, 'second')
    const { id, targets } = await changeSet(chain.varTrack, (each) => each.commit === commit)
    const copies = targets.flatMap(({ datasource }, target) => Array.from({ length: 2 }, () => ({ sink: datasource, target })))
    await Promise.all(copies.map(({ sink, target }) => askApi(chain.varTrack, '/jobs', { name: 'write', sink, data: { changeSet: id, target } })))
    await eventually(async () => (await dropLocks()) && (await nothingWaits()), { timeoutMs: TRIES_OF_A_WRITE_MS })
    await settling.resume()
    await settling.close()
    await mend()
    await chain.eventuallyEverywhere({ host: 'second' })
    const told = await eventuallySettled(commit)
    expect(Object.values(outcomesOf(told))).not.toContain('failed')
    for (const store of STORES) expect([store, (await historyOf(commit, store)).length]).toEqual([store, 1])
  })

  it('of whom one is stopped in the middle of its writes and continued after a newer push: it writes nothing more', async () => {
    const fleet = prepared.fleet()
    const leaving = fleet.members.writer.shift() as RunningVarTrack
    await leaving.stop()
    const [stopped] = fleet.members.writer as [RunningVarTrack]
    // Slow enough that none of them ends before the writer is stopped.
    await slowDown(3_000)
    const commit = await pushHost(chain, 'third')
    const taken = await eventuallyActive(commit)
    stopped.process.pause()
    await mend()
    await fleet.add('writer')
    await chain.eventuallyEverywhere({ host: 'third' })
    // What was under way as the writer stopped may have arrived: only here has the other one every job of it.
    const settled = outcomesOf(await eventuallySettled(commit))
    await pushHost(chain, 'fourth')
    await chain.eventuallyEverywhere({ host: 'fourth' })
    const before = stopped.log().length
    stopped.process.resume()
    const ends = () => stopped.log().flatMap(({ jobId, msg }) => (taken.includes(String(jobId)) ? [`${String(jobId)} ${msg.split(':', 1)[0]}`] : []))
    await eventually(() => ends().length >= taken.length)
    expect(ends().toSorted()).toEqual(taken.map((id) => `${id} job lost`).toSorted())
    expect(
      stopped
        .log()
        .slice(before)
        .filter((line) => line.msg === 'written'),
    ).toEqual([])
    expect(outcomesOf(await eventuallySettled(commit))).toEqual(settled)
    await chain.eventuallyEverywhere({ host: 'fourth' })
  })

  it('of whom the one that was stopped works on when the other is gone', async () => {
    const fleet = prepared.fleet()
    const other = fleet.members.writer.pop() as RunningVarTrack
    await other.stop()
    await pushHost(chain, 'fifth')
    await chain.eventuallyEverywhere({ host: 'fifth' })
  })

  it('never let a generation fall', () => {
    expect(generations.seen.length).toBeGreaterThan(4)
    expect(generations.seen).toEqual(generations.seen.toSorted((one, other) => one - other))
  })
})
