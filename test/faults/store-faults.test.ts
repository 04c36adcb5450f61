import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeSet, outcomesOf } from '../support/admin-api.js'
import { ARRIVAL_MS, STORES } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { type FaultChain, startFaultChain } from '../support/fault-chain.js'
import type { NetworkFault, TcpProxy } from '../support/tcp-proxy.js'
import { type WatchedHalves, watchHalves } from '../support/watch-halves.js'

const QUICK = 'timeout: "2s", connect_timeout: "1s"'
/** Keys that all change with each push: a reader who sees two values has seen half a write. */
const KEYS = 40
const content = (value: string) => Object.fromEntries(Array.from({ length: KEYS }, (_, index) => [`key${index}`, value]))
const yaml = (value: string) =>
  Object.entries(content(value))
    .map(([key, text]) => `${key}: ${text}\n`)
    .join('')

describe('a push while the network to the stores is broken', () => {
  let chain: FaultChain
  let halves: WatchedHalves
  let pushes = 0
  const push = async () => {
    const value = `v${++pushes}`
    return { value, commit: await chain.repository.commitFiles('main', { 'configs/app.yaml': yaml(value) }) }
  }
  const onAll = (what: (proxy: TcpProxy) => unknown) => Promise.all(STORES.map((store) => what(chain.network[store])))
  const eventuallyRetried = (since: number) =>
    eventually(
      () => {
        const retried = chain.varTrack
          .log()
          .slice(since)
          .filter((line) => /^job (retried|waiting)/.test(line.msg))
        return STORES.every((store) => retried.some((line) => line.queue === `write-${store}`))
      },
      { timeoutMs: ARRIVAL_MS },
    )

  beforeAll(async () => {
    chain = await startFaultChain({ name: 'faulty', pollInterval: '1h', datasource: { redis: QUICK, mongo: QUICK, zookeeper: QUICK } })
    const { value } = await push()
    await chain.eventuallyEverywhere(content(value))
    halves = watchHalves(chain.stores.redis)
  }, 120_000)
  afterAll(async () => {
    await halves?.stop()
    await chain?.[Symbol.asyncDispose]()
  })

  it.each<[string, NetworkFault]>([
    ['nobody listens', { kind: 'refuse' }],
    ['nothing arrives', { kind: 'blackhole' }],
    ['answers are lost', { kind: 'swallow-answers' }],
    ['connections are cut in the middle of a request', { kind: 'cut', afterBytes: 900, direction: 'to-server' }],
    ['connections are reset before the answer is there', { kind: 'cut', afterBytes: 1, direction: 'to-client' }],
  ])('arrives once it works again: %s', async (_, fault) => {
    const since = chain.varTrack.log().length
    await onAll((proxy) => proxy.break(fault))
    const { value, commit } = await push()
    await eventuallyRetried(since)
    await onAll((proxy) => proxy.mend())
    await chain.eventuallyEverywhere(content(value))
    const told = await changeSet(chain.varTrack, (each) => each.commit === commit && each.state === 'settled')
    expect(Object.values(outcomesOf(told))).not.toContain('failed')
  })

  it('never let a reader see a half of one push and a half of another, where the store is atomic', () => {
    expect(halves.looks()).toBeGreaterThan(100)
    expect(halves.seen).toEqual([])
  })
})
