import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askApi, changeSet, outcomesOf, type ToldChangeSet } from '../support/admin-api.js'
import { ARRIVAL_MS } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { type FaultChain, startFaultChain } from '../support/fault-chain.js'
import { watchGenerations } from '../support/generations.js'
import { putByHand } from '../support/put-by-hand.js'

/** More than ZooKeeper takes in one value: refused at once and for good. */
const TOO_BIG = 'x'.repeat(961_000)

const RULES = `
  {_common, name: "kept-cache", file_name: "configs/kept.yaml", branch_map: {main: "production"}, on_failure: "keep", datasource: "redis", destination_template: "{env}:kept"},
  {_common, name: "kept-documents", file_name: "configs/kept.yaml", branch_map: {main: "production"}, on_failure: "keep", datasource: "mongo", destination_template: "{env}-kept"},
`

describe('a change set of which one destination fails', () => {
  let chain: FaultChain
  let redis: Redis
  let generations: ReturnType<typeof watchGenerations>
  const push = (content: string) => chain.repository.commitFiles('main', { 'configs/app.yaml': content })
  const failed = (commit: string): Promise<ToldChangeSet> => changeSet(chain.varTrack, (each) => each.commit === commit && each.state === 'failed')
  const eventuallyEnded = (commit: string, outcomes: Record<string, string>) =>
    eventually(
      async () => {
        expect(outcomesOf(await failed(commit))).toEqual(outcomes)
        return true
      },
      { timeoutMs: ARRIVAL_MS },
    )

  beforeAll(async () => {
    chain = await startFaultChain({ name: 'settle', pollInterval: '1h', rules: RULES })
    redis = new Redis(chain.servers.redis.port, { db: 1 })
    generations = watchGenerations(chain)
    await putByHand(chain.servers, 'settle', { host: 'by hand', foreign: 'theirs' })
  }, 120_000)
  afterAll(async () => {
    redis?.disconnect()
    await generations?.stop()
    await chain?.[Symbol.asyncDispose]()
  })

  it('puts back what the others held before varTrack first wrote there: values, not absence', async () => {
    const commit = await push(`host: first\nnew: key\nbig: ${TOO_BIG}\n`)
    await eventuallyEnded(commit, { redis: 'rolled_back', mongo: 'rolled_back', zookeeper: 'failed' })
    await chain.eventuallyEverywhere({ host: 'by hand', foreign: 'theirs' })
  })

  it('tells each destination and why it failed, in the admin API', async () => {
    const told = await changeSet(chain.varTrack, (each) => each.state === 'failed')
    const zookeeper = told.targets.find((target) => target.datasource === 'zookeeper')
    expect(zookeeper).toMatchObject({ location: '/production/settle', outcome: { error: { code: 'sink.limit', key: 'big' } } })
    expect(JSON.stringify(told)).not.toContain('xxxx')
  })

  it('writes the next push that is sound, and leaves alone what it does not own', async () => {
    await push('host: second\nport: 1\n')
    await chain.eventuallyEverywhere({ host: 'second', port: '1', foreign: 'theirs' })
  })

  it('leaves the others as they are written where the rule says keep', async () => {
    await redis.set('production:kept', 'somebody put a string here')
    const other = await chain.host.createRepository('acme/kept')
    const commit = await other.commitFiles('main', { 'configs/kept.yaml': 'host: kept\n' })
    await eventuallyEnded(commit, { redis: 'failed', mongo: 'written' })
    expect((await failed(commit)).targets[0]?.outcome?.error?.code).toBe('sink.wrong_type')
    expect(await redis.get('production:kept')).toBe('somebody put a string here')
  })

  it('puts back the release before, with the keys it deleted', async () => {
    const commit = await push(`host: third\nbig: ${TOO_BIG}\n`)
    await eventuallyEnded(commit, { redis: 'rolled_back', mongo: 'rolled_back', zookeeper: 'failed' })
    await chain.eventuallyEverywhere({ host: 'second', port: '1', foreign: 'theirs' })
  })

  it('follows a revert that comes while the mistake is still being written', async () => {
    await push('host: sound\nport: 1\n')
    await chain.eventuallyEverywhere({ host: 'sound', port: '1', foreign: 'theirs' })
    await chain.network.zookeeper.break({ kind: 'refuse' })
    const before = await chain.repository.head('refs/heads/main')
    await push('host: mistake\nport: 1\n')
    await eventually(async () => (await redis.hget('production:settle', 'host')) === 'mistake')
    await chain.repository.setRef('refs/heads/main', before)
    await eventually(async () => (await redis.hget('production:settle', 'host')) === 'sound')
    await chain.network.zookeeper.mend()
    await chain.eventuallyEverywhere({ host: 'sound', port: '1', foreign: 'theirs' })
    await push('host: second\nport: 1\n')
    await chain.eventuallyEverywhere({ host: 'second', port: '1', foreign: 'theirs' })
  })

  it('calls degraded what it could not put back, loudly, and puts it back when the store is there again', async () => {
    await chain.network.zookeeper.break({ kind: 'delay', ms: 1_500 })
    const commit = await push(`host: fourth\nport: 1\nbig: ${TOO_BIG}\n`)
    await eventually(async () => (await redis.hget('production:settle', 'host')) === 'fourth')
    await chain.network.redis.break({ kind: 'refuse' })
    await eventually(async () => outcomesOf(await failed(commit))['redis'] === 'degraded', { timeoutMs: ARRIVAL_MS })
    expect(chain.varTrack.log().find((line) => line.msg.startsWith('DEGRADED'))).toMatchObject({
      level: 'error',
      datasource: 'redis',
      location: 'production:settle',
    })
    await Promise.all([chain.network.redis.mend(), chain.network.zookeeper.mend()])
    await eventuallyEnded(commit, { redis: 'rolled_back', mongo: 'rolled_back', zookeeper: 'failed' })
    await chain.eventuallyEverywhere({ host: 'second', port: '1', foreign: 'theirs' })
  })

  it('heals one destination with what stands there, not with a head that was put back everywhere', async () => {
    await redis.hset('production:settle', 'host', 'evil')
    const data = { datasource: 'redis', location: 'production:settle', source: 'github/acme/settle' }
    await askApi(chain.varTrack, '/jobs', { name: 'heal', data })
    await chain.eventuallyEverywhere({ host: 'second', port: '1', foreign: 'theirs' })
    await eventually(() => chain.varTrack.log().some((line) => line.datasource === 'redis' && line.msg.startsWith('healed')))
    await chain.eventuallyEverywhere({ host: 'second', port: '1', foreign: 'theirs' })
  })

  it('never let a generation fall', () => {
    expect(generations.seen.length).toBeGreaterThan(4)
    expect(generations.seen).toEqual(generations.seen.toSorted((one, other) => one - other))
  })
})
