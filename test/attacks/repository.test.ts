import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeSet, type ToldChangeSet } from '../support/admin-api.js'
import { expectUnharmed } from '../support/attack.js'
import { type Chain, startChain } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { deliverPush, type FileChanges, type HostedRepository } from '../support/git-host.js'
import { openStoreView } from '../support/store-views.js'

let chain: Chain
let redis: Redis
let count = 0

beforeAll(async () => {
  chain = await startChain({
    name: 'repository',
    bundle: ({ gitUrl, servers }) => `bundle: {
      platforms: [{github: {endpoint: "${gitUrl}", secret: {env: "HOOK_SECRET"}}}]
      datasources: [
        {redis: {host: "127.0.0.1", port: ${servers.redis.port}, db: 1}},
        {mongo: {endpoint: "${servers.mongo.url}", database: "vartrack"}},
        {zookeeper: {hosts: ["${servers.zookeeper.url}"]}},
      ]
      _common: {platform: "github", repositories: ["acme/*"], file_name: "configs/app.{yaml,json}", branch_map: {main: "production"}, env_as_branch: true}
      rules: [
        {_common, datasource: "redis", destination_template: "{env}:{repo}"},
        {_common, datasource: "mongo", destination_template: "{env}-{repo}"},
        {_common, datasource: "zookeeper", destination_template: "/{env}/{repo}"},
      ]
    }`,
  })
  redis = new Redis(chain.servers.redis.port, { db: 1 })
}, 120_000)
afterAll(async () => {
  redis?.disconnect()
  await chain?.[Symbol.asyncDispose]()
})

const refused = (repository: HostedRepository): Promise<ToldChangeSet> =>
  changeSet(chain.varTrack, (each) => each.repo === repository.name && each.state === 'refused')
const newRepository = (): Promise<HostedRepository> => chain.host.createRepository(`acme/hostile-${++count}`)
const placeOf = (repository: HostedRepository): string => `production:${repository.name.slice('acme/'.length)}`
/** Destinations in Redis that the repository has. */
const written = async (repository: HostedRepository): Promise<string[]> =>
  (await redis.keys(`*:${repository.name.slice('acme/'.length)}*`)).filter((key) => !key.includes(':__vt'))

const yaml = (content: string | Buffer): FileChanges => ({ 'configs/app.yaml': content })
const json = (content: string): FileChanges => ({ 'configs/app.json': content })
const settings = (content: string): FileChanges => ({ ...yaml('a: 1\n'), 'vartrack.json': content })
const LEVELS = Array.from({ length: 8 }, (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level}, `.repeat(10)}]\n`)
const BOMB = `a0: &a0 [x]\n${LEVELS.join('')}`
const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${'4'.repeat(64)}\nsize 12345\n`

describe('a push of what nobody should write', () => {
  it.each<[string, FileChanges, string]>([
    ['a symlink', { 'configs/app.yaml': { symlink: '/etc/passwd' } }, 'git.symlink'],
    ['a submodule', { 'configs/app.yaml': { submodule: '1'.repeat(40) } }, 'git.submodule'],
    ['two paths that differ by case alone', { 'configs/app.yaml': 'a: 1\n', 'configs/App.yaml': 'a: 2\n' }, 'git.unsafe'],
    ['a pointer of Git LFS', yaml(LFS), 'format.not_a_map'],
    ['a file over the limit', yaml(`a: ${'x'.repeat(11 * 1024 * 1024)}\n`), 'git.blob_too_large'],
    ['a YAML bomb', yaml(BOMB), 'format.unsafe'],
    ['JSON 10,000 deep', json(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`), 'format.too_deep'],
    ['YAML 10,000 deep', yaml(`a: ${'['.repeat(10_000)}`), 'format.too_deep'],
    ['a merge key with __proto__', yaml('a: {<<: {__proto__: {b: 1}}}\n'), 'format.unsafe'],
    ['a __proto__ key', json('{"a":{"__proto__":{"b":1}}}'), 'format.unsafe'],
    ['a __proto__ key in escapes', json('{"a":{"\\u005f_proto__":{"b":1}}}'), 'format.unsafe'],
    ['a key twice', yaml('a: 1\na: 2\n'), 'format.duplicate_key'],
    ['a key twice, once in escapes', json('{"a":1,"\\u0061":2}'), 'format.duplicate_key'],
    ['a tag that runs code elsewhere', yaml('a: !!python/object/apply:os.system ["touch /tmp/owned"]\n'), 'format.unsafe'],
    ['bytes that are no UTF-8', yaml(Buffer.from([0x61, 0x3a, 0x20, 0xff])), 'format.syntax'],
    ['100,001 keys', json(JSON.stringify(Object.fromEntries(Array.from({ length: 100_001 }, (_, index) => [`k${index}`, 1])))), 'limit.keys'],
    ['settings that lead out of the place', settings('{"branch_map": {"main": "../../etc"}}'), 'template.unsafe'],
    ['settings with a newline in a name', settings('{"branch_map": {"main": "a\\nb"}}'), 'repository_settings.invalid'],
    ['settings with a glob of 2 KB', settings(JSON.stringify({ file_name: '*a'.repeat(1024) })), 'repository_settings.invalid'],
    ['settings that are no JSON', settings('{"branch_map": '), 'repository_settings.syntax'],
    ['settings 10,000 deep', settings(`{"variables_map": ${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`), 'repository_settings.syntax'],
    ['settings of 11 MB', settings(`{"x": "${'x'.repeat(11 * 1024 * 1024)}"}`), 'git.blob_too_large'],
  ])('is refused: %s', async (_, files, code) => {
    const repository = await newRepository()
    await repository.commitFiles('main', files)
    const { error } = await refused(repository)
    expect(error?.code).toBe(code)
    expect(error?.message).not.toMatch(/\n\s+at /)
    expect(await written(repository)).toEqual([])
  })
})

describe('a repository full of traps', () => {
  it('is read by its full ref: a tag or a branch that is called like another changes nothing', async () => {
    const repository = await newRepository()
    const bad = await repository.commitFiles('other', yaml('from: elsewhere\n'), 'x', { notify: false })
    await repository.setRef('refs/tags/main', bad)
    await repository.setRef('refs/heads/refs/heads/main', bad, { notify: false })
    await repository.commitFiles('main', yaml('from: main\n'))
    await eventually(async () => (await redis.hget(placeOf(repository), 'from')) === 'main')
    expect(await written(repository)).toEqual([placeOf(repository)])
  })

  it('may have branches that look like code: each becomes a harmless name or is refused', async () => {
    const repository = await newRepository()
    const commit = await repository.commitFiles('main', yaml('a: 1\n'))
    const harmless = ['<img/src=x>', '$(touch/x)', '`x`', "a';--", 'a&b=c', 'LD_PRELOAD=x', '$where', '%2e%2e', '\u202eevil']
    for (const name of [...harmless, '{env.__class__}']) await repository.setRef(`refs/heads/x/${name}`, commit)
    const told = await changeSet(chain.varTrack, (each) => each.repo === repository.name && each.ref.includes('__class__'))
    expect([told.state, told.error?.code]).toEqual(['refused', 'template.unsafe'])
    const keys = await eventually(async () => {
      const found = await written(repository)
      return found.length === harmless.length + 1 ? found : undefined
    })
    for (const key of keys) expect(key).toMatch(/^[\w.-]+:hostile-\d+$/)
  })

  it('may be announced before its branch is there, which loses nothing of the push that comes', async () => {
    const repository = await newRepository()
    const target = chain.host.webhook ?? { url: '', secret: '' }
    const push = { url: chain.host.url, repo: repository.name, ref: 'refs/heads/main', before: undefined, after: 'b'.repeat(40) }
    expect((await deliverPush(target, push)).status).toBe(202)
    await eventually(() => chain.varTrack.log().some((line) => line.repo === repository.name && line.msg.endsWith('nothing to do')))
    await repository.commitFiles('main', yaml('a: 1\n'))
    await eventually(async () => (await redis.hget(placeOf(repository), 'a')) === '1')
  })

  it('may set a glob that would take for ever by backtracking, beside a path made for it', async () => {
    const repository = await newRepository()
    const trap = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`${'a'.repeat(240)}${index}.yaml`, 'a: 1\n']))
    await repository.commitFiles('main', { ...trap, 'vartrack.json': '{"file_name": "{configs/app.yaml,*a*a*a*a*a*a*a*b}"}', ...yaml('a: 1\n') })
    await eventually(async () => (await redis.hget(placeOf(repository), 'a')) === '1')
  })

  it('may have 10,000 branches', async () => {
    const repository = await newRepository()
    const commit = await repository.commitFiles('main', yaml('a: 1\n'), 'x', { notify: false })
    const refs = Array.from({ length: 10_000 }, (_, index) => `refs/heads/b/${index}`).toSorted()
    await writeFile(join(repository.dir, 'packed-refs'), refs.map((ref) => `${commit} ${ref}\n`).join(''))
    await repository.commitFiles('main', yaml('a: 2\n'))
    await eventually(async () => (await redis.hget(placeOf(repository), 'a')) === '2')
  })

  it('may hold keys that mean something to a store; they are text there', async () => {
    const repository = await newRepository()
    const held = {
      $where: '1',
      '..': '2',
      '/': '3',
      '%vartrack': '4',
      _id: '5',
      _vt: '6',
      __vt: '7',
      constructor: '8',
      'A=B': '9',
      LD_PRELOAD: '10',
      '$(x)': '11',
    }
    await repository.commitFiles('main', json(JSON.stringify(held)))
    const places = [
      await openStoreView('redis', chain.servers.redis, placeOf(repository)),
      await openStoreView('mongo', chain.servers.mongo, placeOf(repository).replace(':', '-')),
    ]
    for (const place of places) {
      await eventually(async () => Object.keys(await place.entries()).length > 0)
      expect(await place.entries()).toEqual(held)
      await place.close()
    }
  })

  it('leaves varTrack as it was', () => expectUnharmed(chain))
})
