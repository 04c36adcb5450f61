import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.js'
import { type FaultChain, startFaultChain } from '../support/fault-chain.js'
import { pushHost } from '../support/push-host.js'

const BACKLOG = 100_000
const CHUNK = 5_000
/** Where sweeps wait: `LANES.background`. */
const BACKGROUND = 10
const BRANCHES = 200
const RULES = `{
  name: "branches", platform: "github", repositories: ["noisy/*"], env_as_branch: true, file_name: "configs/app.yaml"
  datasource: "redis", destination_template: "branch:{env}:{repo}"
},`

describe('a push among many others', () => {
  let chain: FaultChain
  let redis: Redis
  let store: Redis
  const push = async (host: string) => {
    await pushHost(chain, host)
    await chain.eventuallyEverywhere({ host })
  }

  beforeAll(async () => {
    chain = await startFaultChain({ name: 'crowd', pollInterval: '1h', rules: RULES })
    redis = new Redis(chain.redis.url, { maxRetriesPerRequest: null })
    store = new Redis(chain.servers.redis.port, { db: 1 })
    await push('first')
  }, 120_000)
  afterAll(async () => {
    redis?.disconnect()
    store?.disconnect()
    await chain?.[Symbol.asyncDispose]()
  })

  it('arrives before 100,000 plans of sweeps that wait, and these are worked off', async () => {
    const queue = new Queue('plan', { connection: redis, prefix: '{vartrack}' })
    await queue.pause()
    for (let added = 0; added < BACKLOG; added += CHUNK) await queue.addBulk(Array.from({ length: CHUNK }, (_, index) => sweptPlan(added + index)))
    await queue.resume()
    const waiting = async () => Number((await queue.getJobCounts('prioritized', 'waiting'))['prioritized'])
    expect(await waiting()).toBeGreaterThan(BACKLOG * 0.9)
    await push('through the backlog')
    const left = await waiting()
    expect(left).toBeGreaterThan(0)
    await eventually(async () => (await waiting()) < left - 1_000, { timeoutMs: 60_000 })
    expect((await fetch(`${chain.varTrack.adminUrl}/health/readiness`)).status).toBe(200)
    expect((await fetch(`${chain.varTrack.adminUrl}/health/liveness`)).status).toBe(200)
    await queue.obliterate({ force: true })
    await queue.close()
  }, 240_000)

  it('of one tenant arrives while another floods the door, and nothing of the flood is lost', async () => {
    const noisy = await chain.host.createRepository('noisy/app')
    const commit = await noisy.commitFiles('main', { 'configs/app.yaml': 'a: 1\n' }, 'x', { notify: false })
    const flood = Promise.all(Array.from({ length: BRANCHES }, (_, index) => noisy.setRef(`refs/heads/b-${index}`, commit)))
    await push('through the flood')
    await flood
    const { deliveries } = chain.host
    const refused = deliveries.filter(({ ref, status }) => ref.startsWith('refs/heads/b-') && status !== 202)
    expect(refused).toEqual([])
    await eventually(async () => (await store.keys('branch:b-*:app')).length === BRANCHES, { timeoutMs: 90_000, everyMs: 250 })
    await push('afterwards')
  }, 240_000)
})

/** A plan that a sweep asked for, of a repository that no rule is about any more. */
function sweptPlan(index: number) {
  const repo = `left/service-${index}`
  const data = { version: 1, correlation: 'backlog', cause: 'sweep', platform: 'github', repo, ref: 'refs/heads/main', dryRun: false, full: false }
  return { name: 'plan', data, opts: { jobId: `jbacklog-${index}`, priority: BACKGROUND, removeOnComplete: true, removeOnFail: true } }
}
