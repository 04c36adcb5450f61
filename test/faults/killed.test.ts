import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ARRIVAL_MS, STORES } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { type FaultChain, startFaultChain } from '../support/fault-chain.js'
import { type FleetApp, prepareFleet } from '../support/fleet.js'
import { watchGenerations } from '../support/generations.js'
import type { RunningVarTrack } from '../support/vartrack.js'
import { type WatchedHalves, watchHalves } from '../support/watch-halves.js'

const WORKERS = ['planner', 'writer', 'watcher'] as const
/** A lock of 10 s, a check every 3 s, the start of a process, and the backoff of what failed meanwhile. */
const RECOVERY_MS = 60_000
const ROUNDS = 5
/** Keys that all change with each push: a reader who sees two values has seen half a write. */
const KEYS = 20
const content = (value: string) => Object.fromEntries(Array.from({ length: KEYS }, (_, index) => [`key${index}`, value]))
const yaml = (value: string) =>
  Object.entries(content(value))
    .map(([key, text]) => `${key}: ${text}\n`)
    .join('')

describe('a fleet whose members die', () => {
  const prepared = prepareFleet({ planner: 2, writer: 2, watcher: 2 })
  let chain: FaultChain
  let queues: Redis
  let generations: ReturnType<typeof watchGenerations>
  let halves: WatchedHalves
  const push = (value: string) => chain.repository.commitFiles('main', { 'configs/app.yaml': yaml(value) })
  const slowDown = (ms: number) => Promise.all(STORES.map((store) => chain.network[store].break({ kind: 'delay', ms })))
  const mend = () => Promise.all(STORES.map((store) => chain.network[store].mend()))
  const eventuallyWriting = () =>
    eventually(
      async () => {
        const active = await Promise.all(STORES.map((store) => queues.llen(`{vartrack}:write-${store}:active`)))
        return active.every((count) => count > 0)
      },
      { timeoutMs: ARRIVAL_MS },
    )
  /** Kills one member, as the kernel does; it is missed by nobody but its jobs. */
  const killOne = async (app: FleetApp, index = 0): Promise<void> => {
    const [member] = prepared.fleet().members[app].splice(index, 1) as [RunningVarTrack]
    member.process.kill('SIGKILL')
    await member.process.exited
  }

  beforeAll(async () => {
    chain = await startFaultChain({ name: 'killed', pollInterval: '1s', start: prepared.start, env: { SHUTDOWN_TIMEOUT: '6s' } })
    queues = new Redis(chain.redis.url)
    generations = watchGenerations(chain)
    await push('first')
    await chain.eventuallyEverywhere(content('first'))
    halves = watchHalves(chain.stores.redis)
  }, 120_000)
  afterAll(async () => {
    queues?.disconnect()
    await halves?.stop()
    await generations?.stop()
    await chain?.[Symbol.asyncDispose]()
  })

  it(
    'all at once, in the middle of a write: those that come after them end what was begun',
    async () => {
      const fleet = prepared.fleet()
      await slowDown(500)
      await push('interrupted')
      await eventuallyWriting()
      await Promise.all(WORKERS.flatMap((app) => [killOne(app), killOne(app)]))
      await mend()
      await Promise.all(WORKERS.map((app) => fleet.add(app)))
      await chain.eventuallyEverywhere(content('interrupted'), RECOVERY_MS)
      await Promise.all(WORKERS.map((app) => fleet.add(app)))
    },
    2 * RECOVERY_MS,
  )

  it(
    'a quarter again and again, while pushes come: there is progress after each, and drift is healed',
    async () => {
      const fleet = prepared.fleet()
      for (let round = 0; round < ROUNDS; round++) {
        const before = chain.host.deliveries.length
        const pushing = (async () => {
          for (let index = 0; index < 4; index++) await push(`round ${round}.${index}`)
        })()
        const [one, other] = [WORKERS[round % 3], WORKERS[(round + 1) % 3]] as const
        await Promise.all([killOne(one ?? 'writer', round % 2), killOne(other ?? 'planner', (round + 1) % 2)])
        await pushing
        await Promise.all([fleet.add(one ?? 'writer'), fleet.add(other ?? 'planner')])
        expect(chain.host.deliveries.slice(before).map(({ status }) => status)).toEqual([202, 202, 202, 202])
        await chain.eventuallyEverywhere(content(`round ${round}.3`), RECOVERY_MS)
      }
      await chain.stores.zookeeper.tamper('key0', 'evil')
      await chain.eventuallyEverywhere(content(`round ${ROUNDS - 1}.3`), RECOVERY_MS)
    },
    ROUNDS * RECOVERY_MS,
  )

  it(
    'by SIGTERM in the middle of a write: it ends in order and hands its jobs to the other, who has them at once',
    async () => {
      const fleet = prepared.fleet()
      await killOne('writer')
      const [leaving] = fleet.members.writer.splice(0) as [RunningVarTrack]
      await Promise.all(STORES.map((store) => chain.network[store].break({ kind: 'blackhole' })))
      await push('handed back')
      await eventuallyWriting()
      leaving.process.kill('SIGTERM')
      expect(await leaving.process.exited).toEqual({ code: 0, signal: null })
      const handedBack = leaving.log().filter((line) => line.msg.startsWith('job handed_back'))
      expect(new Set(handedBack.map((line) => line.queue))).toEqual(new Set(STORES.map((store) => `write-${store}`)))
      await mend()
      await fleet.add('writer')
      await chain.eventuallyEverywhere(content('handed back'))
    },
    2 * RECOVERY_MS,
  )

  it('never lets a generation fall, shows no reader a mix, and puts no job aside', async () => {
    expect(generations.seen.length).toBeGreaterThan(ROUNDS)
    expect(generations.seen).toEqual(generations.seen.toSorted((one, other) => one - other))
    expect(halves.looks()).toBeGreaterThan(100)
    expect(halves.seen).toEqual([])
    expect(await queues.keys('{vartrack}:quarantine:j*')).toEqual([])
    expect(chain.varTrack.log().filter((line) => line.level === 'fatal' || /internal\.unexpected/.test(line.msg))).toEqual([])
  })
})
