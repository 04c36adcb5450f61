import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../servers/ask.js'
import { changeSet, outcomesOf } from '../support/admin-api.js'
import { ARRIVAL_MS } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { expectAlive } from '../support/expect-alive.js'
import { type FaultChain, startFaultChain } from '../support/fault-chain.js'
import { pushFirst, pushHost } from '../support/push-host.js'

/** The least that the server takes: four of its ticks. */
const SESSION = 'session_timeout: "2s", timeout: "2s", connect_timeout: "1s"'

describe('a push whose session with ZooKeeper has expired', () => {
  let chain: FaultChain
  const sessions = async () => Number(/^zk_global_sessions\s+(\d+)$/m.exec(await ask(chain.servers.zookeeper.port, 'mntr'))?.[1])

  beforeAll(async () => {
    chain = await startFaultChain({ name: 'sessions', pollInterval: '1h', datasource: { zookeeper: SESSION } })
    await pushFirst(chain)
  }, 120_000)
  afterAll(() => chain?.[Symbol.asyncDispose]())

  const expire = async () => {
    const before = await sessions()
    await chain.network.zookeeper.break({ kind: 'blackhole' })
    await eventually(async () => (await sessions()) < before, { timeoutMs: 30_000 })
  }

  it('while nothing was written arrives over a new one', async () => {
    await expire()
    await chain.network.zookeeper.mend()
    chain.network.zookeeper.reset()
    await pushHost(chain, 'after the expiry')
    await chain.eventuallyEverywhere({ host: 'after the expiry' })
  })

  it('in the middle of its write arrives, once and whole', async () => {
    await chain.network.zookeeper.break({ kind: 'delay', ms: 200 })
    const commit = await pushHost(chain, 'in the middle')
    await eventually(() => chain.varTrack.log().some((line) => line.commit === commit && line.msg === 'planned'), { timeoutMs: ARRIVAL_MS })
    await expire()
    await chain.network.zookeeper.mend()
    chain.network.zookeeper.reset()
    await chain.eventuallyEverywhere({ host: 'in the middle' })
    const told = await changeSet(chain.varTrack, (each) => each.commit === commit && each.state === 'settled')
    // Whatever of the write had arrived when its answer was lost: the next try finds it done, and says so.
    expect(outcomesOf(told)).toEqual({ redis: 'written', mongo: 'written', zookeeper: expect.stringMatching(/^(written|unchanged)$/) })
  }, 120_000)

  it('leaves the process alive', async () => {
    await expectAlive(chain.varTrack)
  })
})
