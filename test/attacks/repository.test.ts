import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeSet } from '../support/admin-api.js'
import { expectUnharmed } from '../support/attack.js'
import { ARRIVAL_MS } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { deliverPush, type FileChanges, type HostedRepository } from '../support/git-host.js'
import { openStoreView } from '../support/store-views.js'
import { type HostileChain, shortName, startHostileChain } from './hostile-chain.js'

let hostile: HostileChain
const refused: HostedRepository[] = []

beforeAll(async () => {
  hostile = await startHostileChain('repository')
}, 120_000)
afterAll(() => hostile?.[Symbol.asyncDispose]())

const newRepository = (): Promise<HostedRepository> => hostile.newRepository()
const placeOf = (repository: HostedRepository): string => `production:${shortName(repository.name)}`
/** Destinations in Redis that the repository has. */
const written = async (repository: HostedRepository): Promise<string[]> =>
  (await hostile.redis.keys(`*:${shortName(repository.name)}*`)).filter((key) => !key.includes(':__vt'))
const expectHeld = (repository: HostedRepository, key: string, value: string) =>
  eventually(async () => (await hostile.redis.hget(placeOf(repository), key)) === value, { timeoutMs: ARRIVAL_MS })

const yaml = (content: string): FileChanges => ({ 'configs/app.yaml': content })
const json = (content: string): FileChanges => ({ 'configs/app.json': content })
const settings = (content: string): FileChanges => ({ ...yaml('a: 1\n'), 'vartrack.json': content })

const manyBranches = (count: number): string => Array.from({ length: count }, (_, index) => `"b${index}":5`).join()

describe('a push of what nobody should write', () => {
  it.each<[string, FileChanges, string]>([
    ['a symlink', { 'configs/app.yaml': { symlink: '/etc/passwd' } }, 'git.symlink configs/app.yaml'],
    ['a submodule', { 'configs/app.yaml': { submodule: '1'.repeat(40) } }, 'git.submodule configs/app.yaml'],
    ['two paths that differ by case alone', { 'configs/app.yaml': 'a: 1\n', 'configs/App.yaml': 'a: 2\n' }, 'git.unsafe configs/app.yaml'],
    ['a carriage return in a path', { 'configs/app.\r.yaml': 'a: 1\n' }, 'git.unsafe configs/app.\r.yaml'],
    ['a newline in a path', { 'configs/app.\n.yaml': 'a: 1\n' }, 'git.unsafe configs/app.\n.yaml'],
    ['settings that are a symlink', { ...yaml('a: 1\n'), 'vartrack.json': { symlink: 'configs/app.yaml' } }, 'git.symlink vartrack.json'],
    ['settings that are a submodule', { ...yaml('a: 1\n'), 'vartrack.json': { submodule: '1'.repeat(40) } }, 'git.submodule vartrack.json'],
    ['settings that lead out of the place', settings('{"branch_map": {"main": "../../etc"}}'), 'template.unsafe'],
    ['settings that ask an object for its class', settings('{"branch_map": {"main": "{env.__class__}"}}'), 'template.unsafe'],
    ['settings with a newline in a name', settings('{"branch_map": {"main": "a\\nb"}}'), 'repository_settings.invalid vartrack.json:1:25'],
    ['settings with NUL in a name', settings('{"branch_map": {"main": "a\\u0000b"}}'), 'repository_settings.invalid vartrack.json:1:25'],
    ['settings with a __proto__ key', settings('{"branch_map": {"__proto__": "x"}}'), 'repository_settings.syntax vartrack.json:1:17'],
    ['settings with a glob of 2 KB', settings(JSON.stringify({ file_name: '*a'.repeat(1024) })), 'repository_settings.invalid vartrack.json:1:14'],
    ['settings with a file outside', settings('{"file_name": "../../etc/passwd"}'), 'repository_settings.invalid vartrack.json:1:15'],
    ['settings that are no JSON', settings('{"branch_map": '), 'repository_settings.syntax vartrack.json:1:16'],
    [
      'settings 10,000 deep',
      settings(`{"variables_map": ${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`),
      'repository_settings.syntax vartrack.json:1:1',
    ],
    ['settings of 11 MB', settings(`{"x": "${'x'.repeat(11 * 1024 * 1024)}"}`), 'limit.bytes vartrack.json'],
    ['settings of 7 MB with 600,000 wrong values', settings(`{"branch_map": {${manyBranches(600_000)}}}`), 'limit.bytes vartrack.json'],
  ])('is refused at its place: %s', async (_, files, expected) => {
    const repository = await newRepository()
    refused.push(repository)
    await repository.commitFiles('main', files)
    expect(await hostile.refusalOf(repository)).toBe(expected)
    expect(await hostile.placesOf(repository)).toEqual([])
  })

  it('loses nothing: what is sound arrives from every one of these repositories', async () => {
    expect(refused.length).toBeGreaterThan(10)
    await Promise.all(refused.map((repository) => hostile.arrives(repository)))
  })
})

describe('a repository full of traps', () => {
  it('is read by its full ref: a tag or a branch that is called like another changes nothing', async () => {
    const repository = await newRepository()
    const bad = await repository.commitFiles('other', yaml('from: elsewhere\n'), 'x', { notify: false })
    await repository.setRef('refs/tags/main', bad)
    await repository.setRef('refs/heads/refs/heads/main', bad, { notify: false })
    await repository.commitFiles('main', yaml('from: main\n'))
    await expectHeld(repository, 'from', 'main')
    expect(await written(repository)).toEqual([placeOf(repository)])
  })

  it('may have branches that look like code: each becomes a harmless name or is refused', async () => {
    const repository = await newRepository()
    const commit = await repository.commitFiles('main', yaml('a: 1\n'))
    const harmless = ['<img/src=x>', '$(touch/x)', '`x`', "a';--", 'a&b=c', 'LD_PRELOAD=x', '$where', '%2e%2e', '\u202eevil']
    for (const name of [...harmless, '{env.__class__}']) await repository.setRef(`refs/heads/x/${name}`, commit)
    const told = await changeSet(hostile.chain.varTrack, (each) => each.repo === repository.name && each.ref.includes('__class__'))
    expect([told.state, told.error?.code]).toEqual(['refused', 'template.unsafe'])
    const keys = await eventually(
      async () => {
        const found = await written(repository)
        return found.length === harmless.length + 1 ? found : undefined
      },
      { timeoutMs: ARRIVAL_MS },
    )
    for (const key of keys) expect(key).toMatch(/^[\w.-]+:hostile-\d+-$/)
  })

  it('may be announced before its branch is there, which loses nothing of the push that comes', async () => {
    const repository = await newRepository()
    const target = hostile.chain.host.webhook ?? { url: '', secret: '' }
    const push = { url: hostile.chain.host.url, repo: repository.name, ref: 'refs/heads/main', before: undefined, after: 'b'.repeat(40) }
    expect((await deliverPush(target, push)).status).toBe(202)
    await eventually(() => hostile.chain.varTrack.log().some((line) => line.repo === repository.name && line.msg.endsWith('nothing to do')))
    await repository.commitFiles('main', yaml('a: 1\n'))
    await expectHeld(repository, 'a', '1')
  })

  it('may set a glob that would take for ever by backtracking, beside a path made for it', async () => {
    const repository = await newRepository()
    const trap = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`${'a'.repeat(240)}${index}.yaml`, 'a: 1\n']))
    await repository.commitFiles('main', { ...trap, 'vartrack.json': '{"file_name": "{configs/app.yaml,*a*a*a*a*a*a*a*b}"}', ...yaml('a: 1\n') })
    await expectHeld(repository, 'a', '1')
  })

  it('may have 10,000 branches', async () => {
    const repository = await newRepository()
    const commit = await repository.commitFiles('main', yaml('a: 1\n'), 'x', { notify: false })
    const refs = Array.from({ length: 10_000 }, (_, index) => `refs/heads/b/${index}`).toSorted()
    await writeFile(join(repository.dir, 'packed-refs'), refs.map((ref) => `${commit} ${ref}\n`).join(''))
    await repository.commitFiles('main', yaml('a: 2\n'))
    await expectHeld(repository, 'a', '2')
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
      await openStoreView('redis', hostile.chain.servers.redis, placeOf(repository)),
      await openStoreView('mongo', hostile.chain.servers.mongo, placeOf(repository).replace(':', '-')),
    ]
    for (const place of places) {
      // MongoDB shows a write document by document.
      await eventually(async () => {
        expect(await place.entries()).toEqual(held)
        return true
      })
      await place.close()
    }
  })

  it('may name files as options, and switch on filters: it is read byte by byte, and nothing is run', async () => {
    const repository = await newRepository()
    const attributes = '* filter=lfs diff=lfs merge=lfs text eol=crlf ident working-tree-encoding=UTF-16\n'
    await repository.commitFiles('main', {
      '.gitattributes': attributes,
      '.lfsconfig': '[lfs]\n  url = http://127.0.0.1:1/\n',
      '.gitmodules': '[submodule "x"]\n  path = x\n  url = ext::sh -c touch% /tmp/owned\n',
      'vartrack.json': '{"file_name": "{-c,--upload-pack=x}.yaml"}',
      '-c.yaml': 'id: $Id$\n',
      '--upload-pack=x.yaml': 'b: "x\\ny"\n',
    })
    await expectHeld(repository, 'id', '$Id$')
    await expectHeld(repository, 'b', 'x\ny')
  })

  it('may try to be another: only what it may set is taken, and the rest is told', async () => {
    const repository = await newRepository()
    const claims = {
      tenant: 'other',
      platform: 'x',
      datasource: 'mongo',
      destination_template: 'production:other',
      repositories: ['*'],
      endpoint: 'x',
    }
    await repository.commitFiles('main', { ...yaml('a: 1\n'), 'vartrack.json': JSON.stringify(claims) })
    await expectHeld(repository, 'a', '1')
    expect(await written(repository)).toEqual([placeOf(repository)])
    const line = await eventually(() => hostile.chain.varTrack.log().find((each) => each.repo === repository.name && /vartrack\.json/.test(each.msg)))
    for (const name of Object.keys(claims)) expect(JSON.stringify(line)).toContain(name)
  })

  it('leaves varTrack as it was', () => expectUnharmed(hostile.chain))
})
