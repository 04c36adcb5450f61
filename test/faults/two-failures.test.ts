import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeSet, type ToldChangeSet } from '../support/admin-api.js'
import { eventually } from '../support/eventually.js'
import { type FaultChain, startFaultChain } from '../support/fault-chain.js'

/** More than ZooKeeper takes in one value: refused at once and for good. */
const TOO_BIG = 'x'.repeat(961_000)

describe('two pushes that fail, the second begun before the first has ended', () => {
  let chain: FaultChain
  let redis: Redis
  const push = (content: string) => chain.repository.commitFiles('main', { 'configs/app.yaml': content })
  const failed = (commit: string): Promise<ToldChangeSet> => changeSet(chain.varTrack, (each) => each.commit === commit && each.state === 'failed')
  const hostIs = (host: string) => eventually(async () => (await redis.hget('production:twice', 'host')) === host)

  beforeAll(async () => {
    chain = await startFaultChain({ name: 'twice', pollInterval: '1h' })
    redis = new Redis(chain.servers.redis.port, { db: 1 })
  }, 120_000)
  afterAll(async () => {
    redis?.disconnect()
    await chain?.[Symbol.asyncDispose]()
  })

  it('leave every destination as it was before both', async () => {
    await push('host: sound\nport: 1\n')
    await chain.eventuallyEverywhere({ host: 'sound', port: '1' })
    await chain.network.zookeeper.break({ kind: 'delay', ms: 1_500 })
    const commits = []
    for (const host of ['first', 'second']) {
      commits.push(await push(`host: ${host}\nport: 2\nbig: ${TOO_BIG}\n`))
      await hostIs(host)
    }
    await chain.network.zookeeper.mend()
    for (const commit of commits) await failed(commit)
    await chain.eventuallyEverywhere({ host: 'sound', port: '1' })
    expect(await redis.hget('{production:twice}:__vt', 'github/acme/twice')).toContain('"entries":2')
  })
})
