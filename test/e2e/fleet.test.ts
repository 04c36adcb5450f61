import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ARRIVAL_MS, type Chain, startChain } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { prepareFleet } from '../support/fleet.js'
import { type RunningVarTrack, startVarTrack } from '../support/vartrack.js'

/** A lease lasts 12 s, so that there is a successor within 15. */
const SUCCESSION_MS = 15_000
const file = (host: string) => ({ 'configs/app.yaml': `host: ${host}\n` })
const kill = async (member: RunningVarTrack | undefined) => {
  member?.process.kill()
  await member?.process.exited
}
const metric = async (member: RunningVarTrack, name: string) => {
  const text = await (await fetch(`${member.adminUrl}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
}

describe('a fleet of processes on one Redis', () => {
  const prepared = prepareFleet({ planner: 2, writer: 2, watcher: 2 })
  let chain: Chain
  const expectPush = async (host: string) => {
    await chain.repository.commitFiles('main', file(host))
    await chain.eventuallyEverywhere({ host })
  }
  const leaders = async () => {
    const alive = prepared.fleet().members.watcher.filter((member) => member.process.output().includes('leading'))
    const told = await Promise.all(alive.map((member) => metric(member, 'vartrack_watcher_leader').catch(() => 0)))
    return alive.filter((_, index) => told[index] === 1)
  }

  beforeAll(async () => {
    chain = await startChain({ name: 'fleet', pollInterval: '1s', start: prepared.start })
  }, 120_000)
  afterAll(() => chain?.[Symbol.asyncDispose]())

  it('brings a push from its one door to three stores', () => expectPush('first'))

  it.each(['ingress', 'planner', 'writer', 'watcher'] as const)('has every %s tell its health and its metrics', async (app) => {
    for (const member of prepared.fleet().members[app]) {
      for (const path of ['/health/liveness', '/health/readiness', '/metrics'])
        expect([path, (await fetch(member.adminUrl + path)).status]).toEqual([path, 200])
    }
  })

  it('has one leader, and every other process says that it is none', async () => {
    await eventually(async () => (await leaders()).length === 1, { timeoutMs: 2 * SUCCESSION_MS })
    const { planner, writer, watcher } = prepared.fleet().members
    const told = await Promise.all([...planner, ...writer, ...watcher].map((member) => metric(member, 'vartrack_watcher_leader')))
    expect(told.reduce((sum, one) => sum + one, 0)).toBe(1)
  })

  it('brings pushes on when a planner was killed', async () => {
    await kill(prepared.fleet().members.planner.shift())
    await expectPush('after a planner')
  })

  it('brings pushes on when a writer was killed', async () => {
    await kill(prepared.fleet().members.writer.shift())
    await expectPush('after a writer')
  })

  it('has a successor within 15 s when the leading watcher was killed, and polls go on', async () => {
    const [leader] = (await leaders()) as [RunningVarTrack]
    await kill(leader)
    const killed = performance.now()
    const { watcher } = prepared.fleet().members
    const [successor] = watcher.filter((member) => member !== leader) as [RunningVarTrack]
    await eventually(async () => (await metric(successor, 'vartrack_watcher_leader')) === 1, { timeoutMs: 2 * SUCCESSION_MS })
    expect(performance.now() - killed).toBeLessThan(SUCCESSION_MS)
    await chain.stores.zookeeper.tamper('host', 'evil')
    await chain.eventuallyEverywhere({ host: 'after a writer' })
  })

  it('takes a job back from a member that gets SIGTERM, and goes on with the others', async () => {
    const fleet = prepared.fleet()
    const leaving = fleet.members.writer.shift() as RunningVarTrack
    await fleet.add('writer')
    await chain.repository.commitFiles('main', file('while one leaves'))
    leaving.process.kill('SIGTERM')
    expect((await leaving.process.exited).code).toBe(0)
    await chain.eventuallyEverywhere({ host: 'while one leaves' })
  })

  it('has writers of their own for a store by VT_SINKS', async () => {
    const fleet = prepared.fleet()
    await Promise.all(fleet.members.writer.splice(0).map(kill))
    const only = await fleet.add('writer', { VT_SINKS: 'redis' })
    await chain.repository.commitFiles('main', file('by pools'))
    await eventually(async () => (await chain.stores.redis.entries())['host'] === 'by pools', { timeoutMs: ARRIVAL_MS })
    expect((await chain.stores.mongo.entries())['host']).toBe('while one leaves')
    await fleet.add('writer', { VT_SINKS: 'mongo,zookeeper' })
    await chain.eventuallyEverywhere({ host: 'by pools' })
    expect(new Set(only.log().flatMap((line) => (line.msg === 'written' ? [line.datasource] : [])))).toEqual(new Set(['redis']))
  })
})

describe('a process of the fleet that cannot start', () => {
  const bundle = 'bundle: {platforms: [], datasources: [], rules: []}\n'

  it.each(['planner', 'writer', 'watcher', 'ingress'] as const)('says so in one line and ends with 1: %s without REDIS_URL', async (app) => {
    await expect(startVarTrack({ app, bundle, env: { REDIS_URL: '' } })).rejects.toThrow(
      /^vartrack \w+: REDIS_URL is not set\. .*\[redis\.missing\]$/m,
    )
  })
})
