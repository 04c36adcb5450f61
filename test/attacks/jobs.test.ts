import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askApi } from '../support/admin-api.js'
import { expectUnharmed, heldBy } from '../support/attack.js'
import { type Chain, startChain } from '../support/chain.js'
import { eventually } from '../support/eventually.js'

const PREFIX = '{vartrack}'
const SOUND = {
  version: 1,
  correlation: 'forged',
  cause: 'webhook',
  platform: 'github',
  repo: 'acme/jobs',
  ref: 'refs/heads/main',
  dryRun: false,
  full: true,
}
let chain: Chain
let connection: Redis
let token: string

beforeAll(async () => {
  chain = await startChain({ name: 'jobs' })
  connection = new Redis(chain.redis.url, { maxRetriesPerRequest: null })
  token = String(chain.varTrack.log().find((line) => typeof line.admin_access === 'string')?.admin_access)
  await chain.repository.commitFiles('main', { 'configs/app.yaml': 'a: 1\n' })
  await chain.eventuallyEverywhere({ a: '1' })
}, 120_000)
afterAll(async () => {
  connection?.disconnect()
  await chain?.[Symbol.asyncDispose]()
})

/** Puts a job into Redis as somebody with access to it does, and gives why it failed. */
async function forge(queueName: string, name: string, data: unknown): Promise<{ id: string; reason: string }> {
  const queue = new Queue(queueName, { connection, prefix: PREFIX })
  try {
    const { id = '' } = await queue.add(name, data)
    const reason = await eventually(async () => (await queue.getJob(id))?.failedReason)
    return { id, reason }
  } finally {
    await queue.close()
  }
}

async function quarantined(jobId: string): Promise<Record<string, unknown>> {
  const queue = new Queue('quarantine', { connection, prefix: PREFIX })
  try {
    const find = async () => (await queue.getJobs(['waiting', 'prioritized'])).find((job) => (job.data as { jobId: string }).jobId === jobId)
    return ((await eventually(find)).data as Record<string, unknown>) ?? {}
  } finally {
    await queue.close()
  }
}

describe('a job that somebody put into Redis', () => {
  it.each<[string, string, string, unknown, string]>([
    ['of an unknown name', 'plan', 'exec', SOUND, 'job.unknown'],
    ['called __proto__', 'plan', '__proto__', SOUND, 'job.unknown'],
    ['of another queue', 'plan', 'settle', SOUND, 'job.unknown'],
    ['of a version to come', 'plan', 'plan', { ...SOUND, version: 2 }, 'job.payload'],
    ['without a version', 'write-redis', 'write', { correlation: 'c', changeSet: 'c', target: 0 }, 'job.payload'],
    [
      'with a field too many',
      'heal',
      'heal',
      { version: 1, correlation: 'c', datasource: 'redis', location: 'x', source: 's', command: 'rm' },
      'job.payload',
    ],
    ['with a wrong type', 'poll', 'poll', { version: 1, correlation: 'c', datasource: ['redis'], epoch: 1 }, 'job.payload'],
    ['with a __proto__ key', 'sweep', 'sweep', JSON.parse('{"version":1,"correlation":"c","platform":"github","__proto__":{"a":1}}'), 'job.payload'],
    ['with a newline in a repository', 'plan', 'plan', { ...SOUND, repo: 'acme/a\nb' }, 'job.payload'],
    ['with half a character in a ref', 'plan', 'plan', { ...SOUND, ref: 'refs/heads/a\ud800' }, 'job.payload'],
    ['that is a list', 'settle', 'settle', [1, 2], 'job.payload'],
    ['that is nothing', 'plan', 'plan', null, 'job.payload'],
    ['of 10 MB', 'plan', 'plan', { ...SOUND, repo: 'x'.repeat(10 * 1024 * 1024) }, 'job.payload'],
  ])('is refused and kept for a person to look at: %s', async (_, queue, name, data, code) => {
    const { id, reason } = await forge(queue, name, data)
    expect(reason).toMatch(new RegExp(`^${code}: `))
    expect(reason.length).toBeLessThan(2_000)
    const entry = await quarantined(id)
    expect(entry).toMatchObject({ queue, name, reason: expect.stringContaining(code) })
    expect(JSON.stringify(entry).length).toBeLessThan(16_384)
  })

  it.each<[string, string, string, Record<string, unknown>, RegExp]>([
    ['an option as repository', 'plan', 'plan', { ...SOUND, repo: 'acme/--upload-pack=x' }, /^git\.(unsafe_url|repository_missing)/],
    ['an option as ref', 'plan', 'plan', { ...SOUND, ref: '--upload-pack=x' }, /^git\.unsafe_name/],
    ['a change set nobody planned', 'write-redis', 'write', { version: 1, correlation: 'c', changeSet: '../x', target: 0 }, /^change_set\.lost/],
  ])('is refused at its work: %s', async (_, queue, name, data, expected) => {
    const before = await heldBy(chain)
    expect((await forge(queue, name, data)).reason).toMatch(expected)
    expect(await heldBy(chain)).toEqual(before)
  })

  it('writes nothing, however it was refused', async () => {
    await chain.eventuallyEverywhere({ a: '1' })
    expect((await fetch(`${chain.varTrack.adminUrl}/health/liveness`)).status).toBe(200)
  })

  it('is checked again when it is edited on the board and retried', async () => {
    const { id } = await forge('plan', 'plan', { ...SOUND, ref: '--x' })
    const board = (path: string, body?: object) =>
      fetch(`${chain.varTrack.url}/admin/queues/api/queues/plan/${id}/${path}`, {
        method: path === 'retry' ? 'PUT' : 'PATCH',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    expect((await board('update-data', { jobData: { ...SOUND, evil: true } })).status).toBe(200)
    expect((await board('retry')).status).toBeLessThan(300)
    expect(await quarantined(id)).toMatchObject({ reason: expect.stringContaining('job.payload'), data: { evil: true } })
    // It is put aside first, and then it fails.
    await eventually(async () => {
      const told = (await askApi(chain.varTrack, `/jobs/plan/${id}`)) as { state: string; failedReason: string }
      expect([told.state, told.failedReason]).toEqual(['failed', expect.stringContaining('job.payload')])
      return true
    })
  })

  it('leaves varTrack as it was', () => expectUnharmed(chain))
})
