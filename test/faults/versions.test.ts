import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askApi } from '../support/admin-api.js'
import { type Chain, startChain } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { pushFirst, pushHost } from '../support/push-host.js'

const PREFIX = '{vartrack}'

describe('two versions side by side', () => {
  let chain: Chain
  let connection: Redis
  const commit = (host: string) => pushHost(chain, host, { notify: false })
  const plan = (fields: object) => ({
    version: 1,
    correlation: 'other-version',
    cause: 'webhook',
    platform: 'github',
    repo: chain.repository.name,
    ref: 'refs/heads/main',
    dryRun: false,
    full: false,
    ...fields,
  })
  /** What a door of another version puts there. */
  const add = async (data: object): Promise<{ readonly failedReason: () => Promise<string | undefined>; close(): Promise<void> }> => {
    const queue = new Queue('plan', { connection, prefix: PREFIX })
    const { id = '' } = await queue.add('plan', data, { removeOnComplete: true })
    return { failedReason: async () => (await queue.getJob(id))?.failedReason, close: () => queue.close() }
  }

  beforeAll(async () => {
    chain = await startChain({ name: 'versions', pollInterval: '1h' })
    connection = new Redis(chain.redis.url, { maxRetriesPerRequest: null })
    await pushFirst(chain)
  }, 120_000)
  afterAll(async () => {
    connection?.disconnect()
    await chain?.[Symbol.asyncDispose]()
  })

  it('work what the older one left as it meant it', async () => {
    await commit('left by the older')
    const job = await add(plan({}))
    await chain.eventuallyEverywhere({ host: 'left by the older' })
    await job.close()
  })

  it('lose no push to a job that only the newer one can read: it is put aside with its reason, and the sweep plans the ref', async () => {
    await commit('sent by the newer')
    const job = await add(plan({ version: 2, region: 'eu' }))
    expect(await eventually(job.failedReason)).toMatch(/^job\.payload: /)
    await job.close()
    await chain.eventuallyEverywhere({ host: 'left by the older' })
    await askApi(chain.varTrack, '/jobs', { name: 'sweep', data: { platform: 'github' } })
    await chain.eventuallyEverywhere({ host: 'sent by the newer' })
  })
})
