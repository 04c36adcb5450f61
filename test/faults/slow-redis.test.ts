import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ARRIVAL_MS } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { expectAlive } from '../support/expect-alive.js'
import { type FaultChain, startFaultChain } from '../support/fault-chain.js'
import { type PrivateRedis, privateRedis } from '../support/private-redis.js'
import { pushFirst, pushHost } from '../support/push-host.js'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js'

/** Each way, in ms; a plan asks Redis a dozen times. */
const SLOW_MS = 150
/** A command of a door gives up after 2 s. */
const ANSWER_MS = 6_000

describe("a push while varTrack's own Redis is hardly there", () => {
  let own: PrivateRedis
  let network: TcpProxy
  let chain: FaultChain
  const commit = (host: string) => pushHost(chain, host, { notify: false })
  const announced = async (): Promise<{ readonly status: number; readonly tookMs: number; readonly body: string }> => {
    const started = performance.now()
    await chain.announce('refs/heads/main')
    const { status, body } = chain.host.deliveries.at(-1) ?? { status: 0, body: '' }
    return { status, body, tookMs: performance.now() - started }
  }
  const announceUntilTaken = () => eventually(async () => (await announced()).status === 202, { timeoutMs: ARRIVAL_MS })

  beforeAll(async () => {
    own = await privateRedis()
    network = await startTcpProxy(Number(new URL(own.url).port))
    chain = await startFaultChain({ name: 'slow', pollInterval: '1h', redisUrl: `redis://127.0.0.1:${network.port}` })
    await pushFirst(chain)
  }, 120_000)
  afterAll(async () => {
    await chain?.[Symbol.asyncDispose]()
    await network?.close()
    await own?.remove()
  })

  it('is accepted and arrives while every answer takes its time', async () => {
    await network.break({ kind: 'delay', ms: SLOW_MS })
    await commit('slow')
    expect((await announced()).status).toBe(202)
    await chain.eventuallyEverywhere({ host: 'slow' })
    await network.mend()
  })

  it.each([
    ['nothing comes back from it', { kind: 'swallow-answers' }],
    ['nothing reaches it', { kind: 'blackhole' }],
    ['it closes its end', { kind: 'half-close' }],
  ] as const)('is answered 503 in time, and arrives when it is sent again: %s', async (_, fault) => {
    await network.break(fault)
    await commit(fault.kind)
    const { status, tookMs, body } = await announced()
    expect([status, JSON.parse(body)]).toEqual([503, expect.objectContaining({ error: expect.objectContaining({ code: 'queue.unavailable' }) })])
    expect(tookMs).toBeLessThan(ANSWER_MS)
    expect((await fetch(`${chain.varTrack.adminUrl}/health/readiness`)).status).toBe(503)
    await network.mend()
    network.reset()
    await announceUntilTaken()
    await chain.eventuallyEverywhere({ host: fault.kind })
  })

  it('leaves the process alive', async () => {
    await expectAlive(chain.varTrack)
  })
})
