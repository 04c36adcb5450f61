import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.js'
import { type FaultChain, startFaultChain } from '../support/fault-chain.js'
import { prepareFleet } from '../support/fleet.js'
import { watchGenerations } from '../support/generations.js'
import { pushFirst, pushHost } from '../support/push-host.js'
import type { RunningVarTrack } from '../support/vartrack.js'

/** A lease lasts 12 s, so that there is a successor within 15. */
const SUCCESSION_MS = 15_000
const LEADS = 'leading: this process keeps the schedules'

const has = (member: RunningVarTrack, text: string) => member.log().some((line) => line.msg === text)
const leader = (among: readonly RunningVarTrack[]) => among.find((member) => has(member, LEADS))

describe('two watchers', () => {
  const prepared = prepareFleet({ planner: 1, writer: 1, watcher: 2 })
  let chain: FaultChain
  let redis: Redis
  let first: RunningVarTrack
  let generations: ReturnType<typeof watchGenerations>

  beforeAll(async () => {
    chain = await startFaultChain({ name: 'leaders', pollInterval: '500ms', start: prepared.start })
    redis = new Redis(chain.servers.redis.port, { db: 1 })
    generations = watchGenerations(chain)
    await pushFirst(chain)
  }, 120_000)
  afterAll(async () => {
    redis?.disconnect()
    await generations?.stop()
    await chain?.[Symbol.asyncDispose]()
  })

  it('of whom the leader is stopped past its lease: the other leads within 15 s', async () => {
    const { watcher } = prepared.fleet().members
    await eventually(() => leader(watcher) !== undefined, { timeoutMs: 2 * SUCCESSION_MS })
    first = leader(watcher) as RunningVarTrack
    const others = watcher.filter((member) => member !== first)
    first.process.pause()
    const stopped = performance.now()
    await eventually(() => leader(others) !== undefined, { timeoutMs: 2 * SUCCESSION_MS })
    expect(performance.now() - stopped).toBeLessThan(SUCCESSION_MS)
  })

  it('of whom the stopped one goes on: it leads no more, and heals to nothing older than the head', async () => {
    await pushHost(chain, 'second')
    await chain.eventuallyEverywhere({ host: 'second' })
    await redis.hset('production:leaders', 'host', 'edited')
    first.process.resume()
    await eventually(() => has(first, 'leading no more'))
    await chain.eventuallyEverywhere({ host: 'second' })
    expect(first.log().filter((line) => line.msg === LEADS)).toHaveLength(1)
  })

  it('never let a generation fall', () => {
    expect(generations.seen.length).toBeGreaterThan(1)
    expect(generations.seen).toEqual(generations.seen.toSorted((one, other) => one - other))
  })
})
