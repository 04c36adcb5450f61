import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { changeSet } from '../support/admin-api.js'
import { eventually } from '../support/eventually.js'
import { type FaultChain, startFaultChain } from '../support/fault-chain.js'
import { deliverPullRequest } from '../support/git-host.js'

const RULES = `
  {_common, name: "leaving", file_name: "configs/leaving.yaml", env_as_branch: true, on_branch_delete: "prune", datasource: "redis", destination_template: "{env}:leaving"},
  {_common, name: "preview", file_name: "configs/preview.yaml", env_as_pr: true, datasource: "redis", destination_template: "{env}:preview"},
`

/** Each way: a write asks twice at least, so that it is under way until the network is mended, however slow a plan is. */
const UNDER_WAY_MS = 1_000

describe('what is gone while its first push is still being written', () => {
  let chain: FaultChain
  let redis: Redis
  const settled = (commit: string) => changeSet(chain.varTrack, (each) => each.commit === commit && each.state === 'settled')
  const planned = (commit: string) => changeSet(chain.varTrack, (each) => each.commit === commit && each.targets.length > 0)
  const saidNothingToDo = (ref: string) =>
    eventually(() => chain.varTrack.log().some((line) => line['ref'] === ref && line.msg.endsWith('nothing to do')))
  const expectNothingAt = (name: string) => eventually(async () => Object.keys(await redis.hgetall(name)).length === 0)

  beforeAll(async () => {
    chain = await startFaultChain({ name: 'departed', pollInterval: '1h', rules: RULES })
    redis = new Redis(chain.servers.redis.port, { db: 1 })
  }, 120_000)
  afterEach(() => chain.network.redis.mend())
  afterAll(async () => {
    redis?.disconnect()
    await chain?.[Symbol.asyncDispose]()
  })

  it('a branch takes along what arrived after it was deleted', async () => {
    await chain.network.redis.break({ kind: 'delay', ms: UNDER_WAY_MS })
    const commit = await chain.repository.commitFiles('feature', { 'configs/leaving.yaml': 'a: 1\n' })
    await planned(commit)
    await chain.repository.setRef('refs/heads/feature', undefined)
    await saidNothingToDo('refs/heads/feature')
    await chain.network.redis.mend()
    await settled(commit)
    await expectNothingAt('feature:leaving')
    expect(await redis.hget('{feature:leaving}:__vt', 'github/acme/departed')).toContain('"entries":0')
  })

  it('a pull request takes along what arrived after it was closed', async () => {
    const sha = await chain.repository.commitFiles('change', { 'configs/preview.yaml': 'a: 1\n' }, 'change', { notify: false })
    await chain.repository.setRef('refs/pull/7/head', sha, { notify: false })
    const event = { url: chain.host.url, repo: chain.repository.name, number: 7, head: { ref: 'change', sha }, base: 'main' }
    const { webhook } = chain.host
    if (!webhook) throw new Error('The Git host tells nobody')
    await chain.network.redis.break({ kind: 'delay', ms: UNDER_WAY_MS })
    await deliverPullRequest(webhook, { ...event, action: 'opened' })
    await planned(sha)
    await deliverPullRequest(webhook, { ...event, action: 'closed' })
    await saidNothingToDo('refs/pull/7/head')
    await chain.network.redis.mend()
    await settled(sha)
    await expectNothingAt('pr-7:preview')
    expect(await redis.hget('{pr-7:preview}:__vt', 'github/acme/departed')).toContain('"entries":0')
  })
})
