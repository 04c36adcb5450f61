import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askApi, changeSet } from '../support/admin-api.js'
import { type FaultChain, startFaultChain } from '../support/fault-chain.js'

/** Each rule is about files of its own. */
const RULES = `
  {_common, name: "one", file_name: "configs/one.yaml", branch_map: {main: "production"}, datasource: "redis", destination_template: "{env}:one"},
  {_common, name: "glob", file_name: "glob/*.yaml", branch_map: {main: "production"}, datasource: "redis", destination_template: "{env}:glob"},
  {_common, name: "path", file_name: "path/**/*.yaml", file_path_map: {"path/a/**": "a", "path/b/**": "b"}, datasource: "redis", destination_template: "{env}:path"},
  {_common, name: "kept", file_name: "configs/kept.yaml", branch_map: {main: "production"}, prune: false, datasource: "redis", destination_template: "{env}:kept"},
  {_common, name: "shared-one", file_name: "configs/first.yaml", branch_map: {main: "production"}, datasource: "redis", destination_template: "{env}:shared"},
  {_common, name: "shared-two", file_name: "configs/second.yaml", branch_map: {main: "production"}, datasource: "redis", destination_template: "{env}:shared"},
  {_common, name: "branches", file_name: "configs/branch.yaml", env_as_branch: true, datasource: "redis", destination_template: "branch:{env}"},
`
const FILES = {
  'configs/one.yaml': 'a: 1\n',
  'glob/x.yaml': 'a: 1\n',
  'path/a/x.yaml': 'a: 1\n',
  'path/b/x.yaml': 'a: 1\n',
  'configs/kept.yaml': 'a: 1\n',
  'configs/first.yaml': 'a: 1\n',
  'configs/second.yaml': 'b: 1\n',
  'configs/branch.yaml': 'a: 1\n',
}
const REMOVED = Object.fromEntries(
  Object.keys(FILES)
    .filter((path) => !['path/b/x.yaml', 'configs/second.yaml'].includes(path))
    .map((path) => [path, null]),
)

describe('a file that is gone when nobody knows what was there before', () => {
  let chain: FaultChain
  let store: Redis
  let queues: Redis
  const held = async (...names: string[]) =>
    Object.fromEntries(await Promise.all(names.map(async (name) => [name, await store.hgetall(name)] as const)))
  const settledAt = (commit: string) => changeSet(chain.varTrack, (each) => each.commit === commit && each.state === 'settled')
  /** Commits without telling, and has what was planned before forgotten: a lost cache, or a rewritten history. */
  const behindOurBack = async (files: Record<string, string | null>, forget: () => Promise<unknown>) => {
    const commit = await chain.repository.commitFiles('main', files, 'Change', { notify: false })
    await forget()
    await chain.announce('refs/heads/main')
    return commit
  }
  const forgetPlans = () => queues.del('{vartrack}:state:plans:github')
  const EVERYWHERE = [
    'production:one',
    'production:glob',
    'a:path',
    'b:path',
    'production:kept',
    'production:shared',
    'branch:main',
    'branch:feature',
  ]
  const after = {
    'production:one': {},
    'production:glob': {},
    'a:path': {},
    'b:path': { a: '1' },
    'production:kept': { a: '1' },
    'production:shared': { b: '1' },
    'branch:main': {},
    'branch:feature': { a: '1' },
  }

  beforeAll(async () => {
    chain = await startFaultChain({ name: 'vanished', pollInterval: '1h', rules: RULES })
    store = new Redis(chain.servers.redis.port, { db: 1 })
    queues = new Redis(chain.redis.url)
  }, 120_000)
  afterAll(async () => {
    store?.disconnect()
    queues?.disconnect()
    await chain?.[Symbol.asyncDispose]()
  })
  const fill = async () => {
    await settledAt(await chain.repository.commitFiles('main', FILES))
    await settledAt(await chain.repository.commitFiles('feature', { 'configs/branch.yaml': 'a: 1\n' }))
    expect(await held('production:one', 'branch:feature')).toEqual({ 'production:one': { a: '1' }, 'branch:feature': { a: '1' } })
  }

  it('takes its keys along as prune says, and no others', async () => {
    await fill()
    await settledAt(await behindOurBack(REMOVED, forgetPlans))
    expect(await held(...EVERYWHERE)).toEqual(after)
  })

  it('takes its keys along after Redis was emptied', async () => {
    await fill()
    await settledAt(await behindOurBack(REMOVED, () => chain.emptyRedis()))
    expect(await held(...EVERYWHERE)).toEqual(after)
  })

  it('takes its keys along when a sync is asked for by hand', async () => {
    await fill()
    const commit = await chain.repository.commitFiles('main', { 'configs/one.yaml': null }, 'Change', { notify: false })
    await forgetPlans()
    await askApi(chain.varTrack, '/sync', { platform: 'github', repository: chain.repository.name, ref: 'main' })
    await settledAt(commit)
    expect(await held('production:one', 'production:glob', 'b:path')).toEqual({
      'production:one': {},
      'production:glob': { a: '1' },
      'b:path': { a: '1' },
    })
  })
})
