import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SchemaRegistry } from '@vartrack/bundle'
import { createGitCache, type GitCache } from '@vartrack/git'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type GitHost, type HostedRepository, startGitHost } from '../../test/support/git-host.js'
import { type TemporaryDirectory, temporaryDirectory } from '../../test/support/temporary-directory.js'
import { createLastGood } from './last-good.js'
import { allRegistries, type LocationSources } from './locations.js'
import { createRegistries, type Registries } from './registries.js'

const OPEN = '_'
let host: GitHost
let repository: HostedRepository
let directory: TemporaryDirectory
let git: GitCache
let known: string | undefined
let sources: LocationSources
const lines: { readonly fields: Record<string, unknown>; readonly message: string }[] = []

beforeAll(async () => {
  host = await startGitHost()
  repository = await host.createRepository('acme/schemas')
})
afterAll(() => host.close())
beforeEach(async () => {
  directory = await temporaryDirectory('schemas')
  git = createGitCache({ dir: join(directory.path, 'git') })
  known = undefined
  lines.length = 0
  sources = sourcesOf(registry())
})
afterEach(async () => {
  host.fault = undefined
  await git.close()
  await directory[Symbol.asyncDispose]()
})

const registry = (path = ''): SchemaRegistry => ({ platform: 'github', repo: 'acme/schemas', branch: 'main', path })

function sourcesOf(schemaRegistry: SchemaRegistry | undefined, changes: Partial<LocationSources> = {}): LocationSources {
  const bundle = { tenants: [], platforms: [], schemaRegistry }
  return { bundle, environment: new Map(), baseDir: directory.path, ...changes }
}

const log = (fields: Record<string, unknown>, message: string) => void lines.push({ fields, message })

/** The registries as one process has them: what it read before is in memory and on disk. */
function open(): Registries {
  return createRegistries({
    sources: () => sources,
    git,
    remote: async (location) => ({ url: `${host.url}/${location.repo}.git`, token: undefined, verifySsl: true, timeoutMs: 5_000 }),
    lastGood: createLastGood(join(directory.path, 'last-good')),
    known: async () => known,
    log: { info: log, warn: log },
  })
}

const read = (registries: Registries) => registries.schemaOf('acme', 'app.yaml', undefined)

describe('the schema of a file', () => {
  it('is that of its path, then of its name, then the default', async () => {
    const files = { 'configs/app.yaml.cue': OPEN, 'configs/app.cue': OPEN, 'app.yaml.cue': OPEN, 'app.cue': OPEN, 'default.cue': OPEN }
    await repository.commitFiles('main', { ...files, 'no-schema.txt': 'x' })
    const found: (string | undefined)[] = []
    for (const gone of [...Object.keys(files), '']) {
      found.push((await open().schemaOf('acme', 'configs/app.yaml', undefined))?.file)
      if (gone !== '') await repository.commitFiles('main', { [gone]: null })
    }
    expect(found).toEqual([...Object.keys(files).map((file) => `acme/schemas/${file}`), undefined])
  })

  it('is the one that the rule names, whatever else there is', async () => {
    await repository.commitFiles('main', { 'default.cue': OPEN, 'teams/special.cue': 'a: 1' })
    expect(await open().schemaOf('acme', 'app.yaml', 'teams/special.cue')).toMatchObject({ text: 'a: 1', file: 'acme/schemas/teams/special.cue' })
    await expect(open().schemaOf('acme', 'app.yaml', 'teams/none.cue')).rejects.toMatchObject({ code: 'schema.missing', place: { file: 'app.yaml' } })
    await expect(open().schemaOf('acme', 'app.yaml', '../../../etc/passwd')).rejects.toMatchObject({ code: 'schema.missing' })
  })

  it('is refused where its bytes are no UTF-8, and those beside it serve', async () => {
    const broken = Buffer.concat([Buffer.from('a: 1\nb: "\u{1d11e}\ufffd'), Buffer.from([0xff]), Buffer.from('"')])
    await repository.commitFiles('main', { 'app.cue': broken, 'other.cue': OPEN })
    await expect(open().schemaOf('acme', 'app.yaml', undefined)).rejects.toMatchObject({
      code: 'schema.bad_encoding',
      place: { file: 'acme/schemas/app.cue', line: 2, column: 7 },
    })
    expect(await open().schemaOf('acme', 'other.yaml', undefined)).toMatchObject({ text: OPEN })
    await repository.commitFiles('main', { 'app.cue': null, 'other.cue': null })
  })

  it('lies below the folder of the registry', async () => {
    await repository.commitFiles('main', { 'default.cue': 'a: 1', 'cue/default.cue': 'b: 2' })
    sources = sourcesOf(registry('cue'))
    expect(await open().schemaOf('acme', 'app.yaml', undefined)).toMatchObject({ text: 'b: 2', file: 'acme/schemas/cue/default.cue' })
  })

  it('is none where the bundle names no registry', async () => {
    sources = sourcesOf(undefined)
    expect(await open().schemaOf('acme', 'app.yaml', undefined)).toBeUndefined()
  })
})

describe('the registry of a tenant', () => {
  it('is the environment\u2019s, its own, or that of all', async () => {
    await host.createRepository('other/schemas').then((other) => other.commitFiles('main', { 'default.cue': 'own: 1' }))
    await host.createRepository('env/schemas').then((other) => other.commitFiles('stable', { 'default.cue': 'environment: 1' }))
    await repository.commitFiles('main', { 'default.cue': 'shared: 1' })
    const bundle = { platforms: [], schemaRegistry: registry(), tenants: [{ id: 'other', schemaRegistry: { ...registry(), repo: 'other/schemas' } }] }
    sources = { bundle, baseDir: '/', environment: new Map([['env-one', { repo: 'env/schemas', branch: 'stable', token: undefined }]]) }
    const texts = await Promise.all(
      ['Env-One', 'other', 'acme'].map(async (tenant) => (await open().schemaOf(tenant, 'app.yaml', undefined))?.text.trim()),
    )
    expect(texts).toEqual(['environment: 1', 'own: 1', 'shared: 1'])
    expect(allRegistries(sources).map(({ key }) => key)).toEqual([
      'github env/schemas refs/heads/stable',
      'github other/schemas refs/heads/main',
      'github acme/schemas refs/heads/main',
    ])
  })

  it('may be a folder beside the bundle', async () => {
    sources = sourcesOf({ platform: undefined, repo: './cue', branch: 'main', path: 'schemas' })
    const folder = join(directory.path, 'cue', 'schemas')
    await mkdir(join(folder, 'configs'), { recursive: true })
    await writeFile(join(folder, 'configs', 'app.cue'), 'a: 1')
    const registries = open()
    expect(await registries.schemaOf('acme', 'configs/app.toml', undefined)).toMatchObject({ text: 'a: 1', file: join(folder, 'configs/app.cue') })
    const [location] = allRegistries(sources)
    const before = await registries.refresh(location as NonNullable<typeof location>)
    await writeFile(join(folder, 'configs', 'app.cue'), 'a: 2')
    expect(await registries.refresh(location as NonNullable<typeof location>)).not.toBe(before)
    expect(await registries.schemaOf('acme', 'configs/app.toml', undefined)).toMatchObject({ text: 'a: 2' })
    await rm(folder, { recursive: true })
    await expect(registries.refresh(location as NonNullable<typeof location>)).rejects.toMatchObject({
      code: 'schema.unreadable',
      disposition: { kind: 'retry' },
    })
    expect(await registries.schemaOf('acme', 'configs/app.toml', undefined)).toMatchObject({ text: 'a: 2' })
  })
})

describe('a registry that changes', () => {
  it('is read again when another process has seen a newer version, and not before', async () => {
    await repository.commitFiles('main', { 'default.cue': 'a: 1' })
    const registries = open()
    const textNow = async () => (await registries.schemaOf('acme', 'app.yaml', undefined))?.text
    expect(await textNow()).toBe('a: 1')
    const newer = await repository.commitFiles('main', { 'default.cue': 'a: 2' })
    const asked = host.requests.count
    expect([await textNow(), host.requests.count]).toEqual(['a: 1', asked])
    known = newer
    expect(await textNow()).toBe('a: 2')
  })
})

describe('a registry that is asked for while it is being read', () => {
  it('is read once more: the reading under way may have begun before the push', async () => {
    await repository.commitFiles('main', { 'default.cue': 'a: 1' })
    const registries = open()
    const [location] = allRegistries(sources)
    const first = registries.refresh(location as NonNullable<typeof location>)
    const newer = await repository.commitFiles('main', { 'default.cue': 'a: 2' })
    const second = registries.refresh(location as NonNullable<typeof location>)
    await first
    expect(await second).toBe(newer)
  })
})

describe('a registry that is down', () => {
  it('leaves the last good schemas in force, and the log says so', async () => {
    await repository.commitFiles('main', { 'default.cue': 'good: 1' })
    const registries = open()
    await read(registries)
    host.fault = { kind: 'status', status: 500 }
    known = 'f'.repeat(40)
    expect(await read(registries)).toMatchObject({ text: 'good: 1' })
    expect(lines.at(-1)).toMatchObject({
      message: expect.stringContaining('the last good schemas serve'),
      fields: { registry: 'github acme/schemas refs/heads/main', code: expect.stringMatching(/^git\./) },
    })
    const [location] = allRegistries(sources)
    await expect(registries.refresh(location as NonNullable<typeof location>)).rejects.toMatchObject({ disposition: { kind: 'retry' } })
  })

  it('leaves them in force for a process that starts while it is down', async () => {
    await repository.commitFiles('main', { 'default.cue': 'good: 2' })
    await read(open())
    host.fault = { kind: 'status', status: 500 }
    expect(await read(open())).toMatchObject({ text: 'good: 2' })
    expect(lines.at(-1)?.message).toContain('the last good schemas serve')
  })

  it('stops what it governs when nobody ever read it', async () => {
    host.fault = { kind: 'status', status: 500 }
    await expect(read(open())).rejects.toMatchObject({ disposition: { kind: 'retry' } })
  })

  it('leaves them in force when its branch is gone', async () => {
    const commit = await repository.commitFiles('main', { 'default.cue': 'good: 3' })
    const registries = open()
    await read(registries)
    known = 'f'.repeat(40)
    await repository.setRef('refs/heads/main', undefined)
    expect(await read(registries)).toMatchObject({ text: 'good: 3' })
    expect(lines.at(-1)?.fields['code']).toBe('schema.no_branch')
    await repository.setRef('refs/heads/main', commit)
  })
})
