import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeSet, outcomesOf } from '../support/admin-api.js'
import { ARRIVAL_MS } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { type FaultChain, startFaultChain } from '../support/fault-chain.js'
import { deliverPullRequest, type HostedRepository } from '../support/git-host.js'

/** Each rule is about a file of its own and writes to a hash of its own. */
const RULES = `
  {_common, name: "guarded", file_name: "configs/guarded.yaml", branch_map: {main: "production"}, prune: {enabled: true, protection: ["SYSTEM_*"], max_delete: 2}, datasource: "redis", destination_template: "{env}:guarded"},
  {_common, name: "unpruned", file_name: "configs/unpruned.yaml", branch_map: {main: "production"}, prune: false, datasource: "redis", destination_template: "{env}:unpruned"},
  {_common, name: "last-cache", file_name: "configs/last.yaml", branch_map: {main: "production"}, prune_last: true, datasource: "redis", destination_template: "{env}:last"},
  {_common, name: "last-ensemble", file_name: "configs/last.yaml", branch_map: {main: "production"}, prune_last: true, datasource: "zookeeper", destination_template: "/{env}/last"},
  {_common, name: "leaving", file_name: "configs/leaving.yaml", env_as_branch: true, on_branch_delete: "prune", datasource: "redis", destination_template: "{env}:leaving"},
  {_common, name: "staying", file_name: "configs/leaving.yaml", env_as_branch: true, datasource: "redis", destination_template: "{env}:staying"},
  {_common, name: "preview", file_name: "configs/preview.yaml", env_as_pr: true, datasource: "redis", destination_template: "{env}:preview"},
  {_common, name: "renamed", file_name: "configs/renamed.yaml", branch_map: {main: "production"}, datasource: "redis", destination_template: "fixed:renamed"},
  {_common, name: "two-branches", file_name: "configs/two.yaml", branch_map: {main: "production", hotfix: "production"}, datasource: "redis", destination_template: "{env}:two"},
`

describe('what belongs to whom at a destination', () => {
  let chain: FaultChain
  let redis: Redis
  const push = (content: string, file: string, branch = 'main') => chain.repository.commitFiles(branch, { [`configs/${file}.yaml`]: content })
  const expectHash = (name: string, expected: Record<string, string>) =>
    eventually(
      async () => {
        expect(await redis.hgetall(name)).toEqual(expected)
        return true
      },
      { timeoutMs: ARRIVAL_MS },
    )
  const expectRefusal = async (commitOrRef: string, code: string): Promise<string> => {
    const told = await changeSet(chain.varTrack, (each) => each.state === 'refused' && each.ref === commitOrRef && each.error?.code === code)
    return told.error?.message ?? ''
  }

  beforeAll(async () => {
    chain = await startFaultChain({ name: 'owned', pollInterval: '1h', rules: RULES })
    redis = new Redis(chain.servers.redis.port, { db: 1 })
  }, 120_000)
  afterAll(async () => {
    redis?.disconnect()
    await chain?.[Symbol.asyncDispose]()
  })

  it('prune deletes what left the file: not what is protected, and nothing that somebody else put there', async () => {
    await redis.hset('production:guarded', 'foreign', 'theirs')
    await push('a: 1\nb: 2\nc: 3\nd: 4\ne: 5\nSYSTEM_x: 6\n', 'guarded')
    await expectHash('production:guarded', { a: '1', b: '2', c: '3', d: '4', e: '5', SYSTEM_x: '6', foreign: 'theirs' })
    await push('a: 1\nc: 3\nd: 4\ne: 5\n', 'guarded')
    await expectHash('production:guarded', { a: '1', c: '3', d: '4', e: '5', SYSTEM_x: '6', foreign: 'theirs' })
  })

  it('max_delete stops a prune that takes more, writes the rest, and says how many it would have been', async () => {
    const commit = await push('a: one\n', 'guarded')
    const told = await changeSet(chain.varTrack, (each) => each.commit === commit && each.state === 'settled')
    expect(told.targets[0]?.outcome).toMatchObject({ state: 'written', deleted: 0, stoppedDeletes: 3 })
    await expectHash('production:guarded', { a: 'one', c: '3', d: '4', e: '5', SYSTEM_x: '6', foreign: 'theirs' })
    await eventually(() => chain.varTrack.log().some((line) => line.level === 'warn' && line.msg.startsWith('prune stopped: 3 of')))
  })

  it('without prune nothing is deleted', async () => {
    await push('a: 1\nb: 2\n', 'unpruned')
    await expectHash('production:unpruned', { a: '1', b: '2' })
    await push('a: one\n', 'unpruned')
    await expectHash('production:unpruned', { a: 'one', b: '2' })
  })

  it('prune_last deletes after all destinations have the new values', async () => {
    await push('a: 1\nb: 2\n', 'last')
    await expectHash('production:last', { a: '1', b: '2' })
    const commit = await push('a: one\n', 'last')
    await expectHash('production:last', { a: 'one' })
    const told = await changeSet(chain.varTrack, (each) => each.commit === commit && each.targets.every((target) => target.outcome?.deleted === 1))
    expect(outcomesOf(told)).toEqual({ redis: 'written', zookeeper: 'written' })
  })

  it('prune_last deletes nothing when one destination fails', async () => {
    await push('a: 1\nb: 2\n', 'last')
    await expectHash('production:last', { a: '1', b: '2' })
    const commit = await push(`a: one\nbig: ${'x'.repeat(961_000)}\n`, 'last')
    await changeSet(chain.varTrack, (each) => each.commit === commit && outcomesOf(each)['redis'] === 'rolled_back')
    await expectHash('production:last', { a: '1', b: '2' })
    await push('a: 1\nb: 2\n', 'last')
    await changeSet(chain.varTrack, (each) => each.state === 'settled' && each.commit !== commit)
  })

  it('a branch that is deleted takes its values along where the rule says prune, and leaves them where it does not', async () => {
    await push('a: 1\n', 'leaving', 'feature')
    await expectHash('feature:leaving', { a: '1' })
    await expectHash('feature:staying', { a: '1' })
    await redis.hset('feature:leaving', 'foreign', 'theirs')
    await chain.repository.setRef('refs/heads/feature', undefined)
    await expectHash('feature:leaving', { foreign: 'theirs' })
    await expectHash('feature:staying', { a: '1' })
  })

  it('a pull request has its values until it is closed', async () => {
    const sha = await chain.repository.commitFiles('change', { 'configs/preview.yaml': 'a: 1\n' }, 'change', { notify: false })
    await chain.repository.setRef('refs/pull/7/head', sha, { notify: false })
    const event = { url: chain.host.url, repo: chain.repository.name, number: 7, head: { ref: 'change', sha }, base: 'main' }
    const { webhook } = chain.host
    if (!webhook) throw new Error('The Git host tells nobody')
    expect((await deliverPullRequest(webhook, { ...event, action: 'opened' })).status).toBe(202)
    await expectHash('pr-7:preview', { a: '1' })
    expect((await deliverPullRequest(webhook, { ...event, action: 'closed' })).status).toBe(202)
    await expectHash('pr-7:preview', {})
  })

  it('a second branch that leads to the same destination is refused, and both are named', async () => {
    await push('a: 1\n', 'two')
    await expectHash('production:two', { a: '1' })
    await push('a: 2\n', 'two', 'hotfix')
    const message = await expectRefusal('refs/heads/hotfix', 'claim.second_ref')
    expect(message).toContain('refs/heads/main')
    expect(message).toContain('refs/heads/hotfix')
    await expectHash('production:two', { a: '1' })
  })

  it('an environment that gets another name keeps its destination', async () => {
    const repository = await chain.host.createRepository('acme/renaming')
    await repository.commitFiles('main', { 'configs/renamed.yaml': 'production: {a: 1}\nprod: {a: 2}\n' })
    await expectHash('fixed:renamed', { a: '1' })
    await repository.commitFiles('main', { 'vartrack.json': '{"branch_map": {"main": "prod"}}' })
    await expectHash('fixed:renamed', { a: '2' })
  })

  describe('when a second repository comes', () => {
    let other: HostedRepository
    beforeAll(async () => {
      other = await chain.host.createRepository('acme/other')
      await push('host: mine\nport: 1\n', 'app')
      await chain.eventuallyEverywhere({ host: 'mine', port: '1' })
    })

    it('is refused a key that the first has, with both named and nothing written', async () => {
      await other.commitFiles('main', { 'configs/app.yaml': 'host: theirs\nregion: eu\n' })
      const told = await changeSet(chain.varTrack, (each) => each.state === 'refused' && each.repo === 'acme/other')
      expect(told.error).toMatchObject({ code: 'claim.conflict' })
      for (const name of ['host', 'github/acme/owned', 'github/acme/other']) expect(told.error?.message).toContain(name)
      await chain.eventuallyEverywhere({ host: 'mine', port: '1' })
    })

    it('brings keys of its own beside those of the first, and prunes only these', async () => {
      await other.commitFiles('main', { 'configs/app.yaml': 'region: eu\nzone: b\n' })
      await chain.eventuallyEverywhere({ host: 'mine', port: '1', region: 'eu', zone: 'b' })
      await other.commitFiles('main', { 'configs/app.yaml': 'region: us\n' })
      await chain.eventuallyEverywhere({ host: 'mine', port: '1', region: 'us' })
    })
  })
})
