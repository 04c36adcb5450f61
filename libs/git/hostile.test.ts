import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GitHost, startGitHost } from '../../test/support/git-host.js'
import { createGitCache } from './cache.js'
import type { GitCache } from './contract.js'
import { pathDefect } from './names.js'

const never = new AbortController().signal
const settings = { token: undefined, verifySsl: true, timeoutMs: 5000 }
let host: GitHost
let dir: string
let cache: GitCache

beforeAll(async () => {
  host = await startGitHost()
  dir = await mkdtemp(join(tmpdir(), 'vartrack-hostile-'))
  cache = createGitCache({ dir, environment: { PATH: process.env['PATH'] ?? '' }, maxTreeEntries: 50 })
})

afterAll(async () => {
  await cache.close()
  await host.close()
  await rm(dir, { recursive: true, force: true })
})

describe('hostile repository address', () => {
  it.each([
    'ext::sh -c "touch /tmp/owned"',
    'file:///etc',
    '/etc/passwd',
    '--upload-pack=touch /tmp/owned',
    'git://example.com/a/b.git',
    'https://user:secret@example.com/a/b.git',
    'https://token@example.com/a/b.git',
    'ssh://-oProxyCommand=x/a/b.git',
    'https://example.com/a/../../b.git',
    'https://example.com/a/%2e%2e/b.git',
    'https://example.com/-a/b.git',
    'https://example.com/a\n/b.git',
    'fd::7',
  ])('refuses %s before git sees it', (url) => {
    expect(() => cache.repository({ ...settings, url })).toThrow(expect.objectContaining({ code: 'git.unsafe_url' }))
  })

  it('does not repeat credentials of the address in the error', () => {
    expect(() => cache.repository({ ...settings, url: 'https://user:s3cret@example.com/a/b.git' })).not.toThrow(/s3cret/)
  })
})

describe('hostile ref name', () => {
  it.each([
    '--upload-pack=touch /tmp/owned',
    'main',
    'HEAD',
    'refs/heads/',
    'refs/heads/a..b',
    'refs/heads/a b',
    'refs/heads/a:refs/heads/b',
    'refs/heads/*',
    'refs/heads/a\n',
    'refs/heads/a\0',
    'refs/heads/.a',
    'refs/heads/a.lock',
    'refs/heads/a@{1}',
    '+refs/heads/a',
  ])('refuses %j', async (ref) => {
    const repository = cache.repository({ ...settings, url: `${host.url}/acme/none.git` })
    await expect(repository.fetch(ref, never)).rejects.toMatchObject({ code: 'git.unsafe_name' })
  })

  it('reads a branch whose last part looks like an option', async () => {
    const marker = join(dir, 'owned')
    const hosted = await host.createRepository('acme/option')
    const commit = await hosted.commitFiles('main', { 'a.yaml': '1' })
    const ref = `refs/heads/x/--upload-pack=touch$IFS${marker.replaceAll('/', '_')}`
    await hosted.setRef(ref, commit)
    const repository = cache.repository({ ...settings, url: hosted.url })
    expect(await repository.fetch(ref, never)).toBe(commit)
    expect(existsSync(marker)).toBe(false)
  })

  it.each(['HEAD', 'main', '--all', ''])('refuses %j where an object id belongs', async (id) => {
    const repository = cache.repository({ ...settings, url: `${host.url}/acme/none.git` })
    await expect(repository.tree(id, never)).rejects.toMatchObject({ code: 'git.unsafe_name' })
    await expect(repository.blob(id, 10, never)).rejects.toMatchObject({ code: 'git.unsafe_name' })
  })
})

describe('hostile repository content', () => {
  it('tells symlinks, submodules and unsafe names from files', async () => {
    const hosted = await host.createRepository('acme/content')
    const commit = await hosted.commitFiles('main', {
      'ok.yaml': '1',
      'link.yaml': { symlink: '/etc/passwd' },
      'vendor/lib': { submodule: '1'.repeat(40) },
      'Case.yaml': '1',
      'case.yaml': '2',
      'cr\r.yaml': '1',
      '-dash.yaml': '1',
      '.gitattributes': '* filter=lfs\n',
      '.lfsconfig': '[lfs]\nurl = http://127.0.0.1:1/\n',
    })
    const repository = cache.repository({ ...settings, url: hosted.url })
    await repository.fetch('refs/heads/main', never)
    const kinds = Object.fromEntries((await repository.tree(commit, never)).map((entry) => [entry.path, entry.defect ?? entry.kind]))
    expect(kinds).toEqual({
      '-dash.yaml': 'file',
      '.gitattributes': 'file',
      '.lfsconfig': 'file',
      'Case.yaml': 'case_collision',
      'case.yaml': 'case_collision',
      'cr\r.yaml': 'control_character',
      'link.yaml': 'symlink',
      'ok.yaml': 'file',
      'vendor/lib': 'submodule',
    })
  })

  it.each([
    ['../x', 'traversal'],
    ['a/../x', 'traversal'],
    ['.git/config', 'traversal'],
    ['a/.GIT/hooks', 'traversal'],
    ['/x', 'traversal'],
    ['a\nb', 'control_character'],
    ['a..b/c', undefined],
  ])('judges the path %j as %s', (path, expected) => {
    expect(pathDefect(path, Buffer.from(path))).toBe(expected)
  })

  it('judges a path that is not UTF-8', () => {
    const bytes = Buffer.from([0x61, 0xff, 0x62])
    expect(pathDefect(bytes.toString(), bytes)).toBe('not_utf8')
  })

  it('stops at the limit of files, and still reads a narrowed listing', async () => {
    const hosted = await host.createRepository('acme/many')
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`many/${index}.yaml`, '1']))
    const commit = await hosted.commitFiles('main', { ...files, 'app.yaml': '1' })
    const repository = cache.repository({ ...settings, url: hosted.url })
    await repository.fetch('refs/heads/main', never)
    await expect(repository.tree(commit, never)).rejects.toMatchObject({ code: 'git.tree_too_large' })
    expect((await repository.tree(commit, never, ['app.yaml'])).map((entry) => entry.path)).toEqual(['app.yaml'])
  })
})
