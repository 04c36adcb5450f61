import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { GIT_ENVIRONMENT } from '../../test/support/cached-host.js'
import { cachedHost, code, main, never, PATIENT_MS, remoteOf, ways } from '../../test/support/git-fetching.js'
import { createGitCache } from './cache.js'
import type { Remote } from './contract.js'

const remoteAway: Remote = { url: 'http://127.0.0.1:1/acme/x.git', token: undefined, verifySsl: true, timeoutMs: 2000 }
const IMPATIENT_MS = 1_500

describe.each(ways)('git cache, %s', (_way, inProcess) => {
  const at = cachedHost(inProcess)

  it('brings the head and its files with one fetch', async () => {
    const hosted = await at.host.createRepository('acme/plain')
    const head = await hosted.commitFiles('main', { 'a/b.yaml': 'x: 1\n', 'ü.json': '{}' })
    const repository = at.cache.repository(remoteOf(hosted))
    expect(await repository.fetch(main, never)).toBe(head)
    const tree = await repository.tree(head, never)
    expect(tree.map(({ path, kind }) => ({ path, kind }))).toEqual([
      { path: 'a/b.yaml', kind: 'file' },
      { path: 'ü.json', kind: 'file' },
    ])
    expect((await repository.blob(tree[0]!.blob, 100, never)).toString()).toBe('x: 1\n')
    expect((await repository.tree(head, never, ['a'])).map((entry) => entry.path)).toEqual(['a/b.yaml'])
  })

  it('tells which paths two commits differ in, also after a force-push, and says when it cannot', async () => {
    const hosted = await at.host.createRepository('acme/changes')
    const first = await hosted.commitFiles('main', { 'a.yaml': '1', 'b.yaml': '1', 'dir/ü c.yaml': '1' })
    const repository = at.cache.repository(remoteOf(hosted))
    await repository.fetch(main, never)
    const second = await hosted.commitFiles('main', { 'b.yaml': '2', 'dir/ü c.yaml': null }, 'second', { parent: first })
    const forced = await hosted.commitFiles('main', { 'z.yaml': '1' }, 'forced', { parent: null })
    expect(await repository.fetch(main, never)).toBe(forced)
    expect(await repository.changedPaths(first, forced, never)).toEqual(['a.yaml', 'b.yaml', 'dir/ü c.yaml', 'z.yaml'])
    expect(await repository.changedPaths(second, forced, never)).toBeUndefined()
    await hosted.setRef(main, second)
    expect(await repository.fetch(main, never)).toBe(second)
    expect(await repository.changedPaths(first, second, never)).toEqual(['b.yaml', 'dir/ü c.yaml'])
  })

  it('says undefined for a ref that is gone, and tells a tag from a branch of the same name', async () => {
    const hosted = await at.host.createRepository('acme/refs')
    const first = await hosted.commitFiles('main', { 'a.yaml': '1' })
    const second = await hosted.commitFiles('main', { 'a.yaml': '2' })
    await hosted.setRef('refs/tags/main', first)
    const repository = at.cache.repository(remoteOf(hosted))
    expect(await repository.fetch(main, never)).toBe(second)
    expect(await repository.fetch('refs/tags/main', never)).toBe(first)
    await hosted.setRef(main, undefined)
    expect(await repository.fetch(main, never)).toBeUndefined()
  })

  it('lets several caches fetch into one directory at once', async () => {
    const hosted = await at.host.createRepository('acme/shared')
    const head = await hosted.commitFiles('main', { 'a.yaml': '1' })
    const caches = Array.from({ length: 6 }, () => createGitCache({ dir: at.dir, environment: GIT_ENVIRONMENT, inProcess }))
    const heads = await Promise.all(caches.map((each) => each.repository(remoteOf(hosted)).fetch(main, never)))
    await Promise.all(caches.map((each) => each.close()))
    expect(heads).toEqual(Array.from({ length: 6 }, () => head))
    expect((await readdir(at.dir)).filter((name) => name.startsWith('draft-'))).toEqual([])
  })

  it('lists the heads of a remote without fetching', async () => {
    const hosted = await at.host.createRepository('acme/heads')
    const head = await hosted.commitFiles('trunk', { 'a.yaml': '1' })
    await hosted.setDefaultBranch('trunk')
    const { refs, defaultRef } = await at.cache.remoteHeads(remoteOf(hosted), never)
    expect(defaultRef).toBe('refs/heads/trunk')
    expect([...refs]).toEqual([['refs/heads/trunk', head]])
  })

  it('packs what many fetches left, and goes on fetching and reading meanwhile', async () => {
    const hosted = await at.host.createRepository('acme/tidy')
    const own = await mkdtemp(join(tmpdir(), 'vartrack-git-tidy-'))
    const tidy = createGitCache({ dir: own, environment: GIT_ENVIRONMENT, inProcess, tidyEvery: 3 })
    const repository = tidy.repository(remoteOf(hosted))
    for (let round = 0; round < 9; round += 1) {
      const head = await hosted.commitFiles('main', { 'a.yaml': `round: ${round}` })
      expect(await repository.fetch(main, never)).toBe(head)
      const [file] = await repository.tree(head, never)
      expect((await repository.blob(file!.blob, 100, never)).toString()).toBe(`round: ${round}`)
    }
    const [name = ''] = await readdir(own)
    await vi.waitFor(async () => expect((await readdir(join(own, name, 'objects/pack'))).some((file) => file.endsWith('.pack'))).toBe(true), 10_000)
    await tidy.close()
    await rm(own, { recursive: true, force: true, maxRetries: 5 })
  })

  it('refuses a large file by its size, and goes on reading others', async () => {
    const hosted = await at.host.createRepository('acme/large')
    const head = await hosted.commitFiles('main', { 'large.json': Buffer.alloc(50 * 1024 * 1024, 'a'), 'small.json': '{}' })
    const repository = at.cache.repository(remoteOf(hosted))
    await repository.fetch(main, never)
    const tree = await repository.tree(head, never)
    const blobOf = (path: string) => tree.find((entry) => entry.path === path)!.blob
    const large = repository.blob(blobOf('large.json'), 1024, never)
    const small = repository.blob(blobOf('small.json'), 1024, never)
    expect(await code(large)).toBe('git.blob_too_large stall')
    expect((await small).toString()).toBe('{}')
  })
})

describe.each(ways)('git cache facing a broken host, %s', (_way, inProcess) => {
  const at = cachedHost(inProcess)

  it.each([
    ['answers 500', { kind: 'status', status: 500 }, 'git.unreachable retry'],
    ['answers 429', { kind: 'status', status: 429 }, 'git.rate_limited wait'],
    ['answers 404', { kind: 'status', status: 404 }, 'git.repository_missing stall'],
    ['redirects', { kind: 'redirect', to: 'http://127.0.0.1:1/x.git' }, 'git.redirect stall'],
    ['hangs', { kind: 'hang' }, 'git.timeout retry'],
    ['cuts the pack', { kind: 'truncate', afterBytes: 700 }, 'git.unreachable retry'],
  ] as const)('says what to do when it %s, and works again after it', async (name, fault, expected) => {
    const hosted = await at.host.createRepository(`acme/fault-${name.replaceAll(' ', '-')}`)
    const head = await hosted.commitFiles('main', { 'a.bin': Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * index) % 251)) })
    const repository = at.cache.repository(remoteOf(hosted))
    const facing = fault.kind === 'hang' ? at.cache.repository(remoteOf(hosted, { timeoutMs: IMPATIENT_MS })) : repository
    at.host.fault = fault
    try {
      expect(await code(facing.fetch(main, never))).toBe(expected)
    } finally {
      at.host.fault = undefined
    }
    expect(await repository.fetch(main, never)).toBe(head)
    const next = await hosted.commitFiles('main', { 'b.yaml': name })
    at.host.fault = fault.kind === 'truncate' ? { ...fault, afterBytes: 60 } : fault
    try {
      expect(await code(facing.fetch(main, never))).toBe(expected)
    } finally {
      at.host.fault = undefined
    }
    expect(await repository.fetch(main, never)).toBe(next)
  })

  it('says the host is unreachable when nobody listens', async () => {
    const repository = at.cache.repository(remoteAway)
    expect(await code(repository.fetch(main, never))).toBe('git.unreachable retry')
  })

  it('asks a host that cannot be reached again, as often as its platform says, and takes the answer when there is one', async () => {
    const hosted = await at.host.createRepository('acme/again')
    const head = await hosted.commitFiles('main', { 'a.yaml': '1' })
    const asked = async (maxRetries: number): Promise<number> => {
      const before = at.host.requests.count
      expect(await code(at.cache.repository(remoteOf(hosted, { maxRetries })).fetch(main, never))).toBe('git.unreachable retry')
      return at.host.requests.count - before
    }
    at.host.fault = { kind: 'status', status: 503 }
    try {
      const once = await asked(0)
      expect(await asked(2)).toBe(3 * once)
      const before = at.host.requests.count
      const fetching = at.cache.repository(remoteOf(hosted, { maxRetries: 3 })).fetch(main, never)
      await vi.waitFor(() => expect(at.host.requests.count).toBeGreaterThan(before), { timeout: PATIENT_MS, interval: 5 })
      at.host.fault = undefined
      expect(await fetching).toBe(head)
    } finally {
      at.host.fault = undefined
    }
  })

  it('asks no more once its job is given up', async () => {
    const controller = new AbortController()
    const fetching = code(at.cache.repository({ ...remoteAway, maxRetries: 1000 }).fetch(main, controller.signal))
    setImmediate(() => controller.abort())
    expect(await fetching).toBe('git.aborted retry')
  })

  it('stops at once when its job is given up', async () => {
    const hosted = await at.host.createRepository('acme/aborted')
    const controller = new AbortController()
    at.host.fault = { kind: 'hang' }
    const before = at.host.requests.count
    const fetching = code(at.cache.repository(remoteOf(hosted)).fetch(main, controller.signal))
    await vi.waitFor(() => expect(at.host.requests.count).toBeGreaterThan(before), { timeout: PATIENT_MS, interval: 5 })
    controller.abort()
    expect(await fetching).toBe('git.aborted retry')
    at.host.fault = undefined
  })
})
