import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CachedHost, openCachedHost } from '../../test/support/cached-host.js'
import type { GitHost } from '../../test/support/git-host.js'
import type { GitCache } from './contract.js'
import { pathDefect } from './names.js'

const never = new AbortController().signal
const settings = { token: undefined, verifySsl: true, timeoutMs: 5000 }
let opened: CachedHost
let host: GitHost
let dir: string
let cache: GitCache

beforeAll(async () => {
  opened = await openCachedHost({ maxTreeEntries: 50 })
  ;({ host, dir, cache } = opened)
})
afterAll(() => opened?.[Symbol.asyncDispose]())

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

describe('hostile host', () => {
  it('that speaks the old protocol cannot have objects asked for elsewhere, by its alternates', async () => {
    const hosted = await host.createRepository('acme/dumb')
    await hosted.commitFiles('main', { 'a.yaml': '1' })
    await promisify(execFile)('git', ['update-server-info'], { cwd: hosted.dir })
    const reached: string[] = []
    await using inside = await serve((path, response) => response.end(String(reached.push(path))))
    const asked: string[] = []
    await using dumb = await serve((path, response) => {
      asked.push(path)
      if (path.endsWith('alternates')) return response.end(`${inside.url}/objects\n`)
      if (path.includes('/objects/')) return response.writeHead(404).end()
      return readFile(join(hosted.dir, path.replace('/acme/dumb.git', ''))).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      )
    })
    const fetching = cache.repository({ ...settings, url: `${dumb.url}/acme/dumb.git` }).fetch('refs/heads/main', never)
    await expect(fetching).rejects.toMatchObject({ code: expect.stringMatching(/^git\./), remedy: expect.stringMatching(/\w/) })
    expect(asked.some((path) => path.includes('/objects/'))).toBe(true)
    expect(reached).toEqual([])
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

  it('stops at the limit whatever the order: files behind folders that would go over it, too', async () => {
    const hosted = await host.createRepository('acme/both')
    const files = Array.from({ length: 60 }, (_, index) => [[`a/${index}.yaml`, '1'] as const, [`b${index}.yaml`, '1'] as const]).flat()
    const commit = await hosted.commitFiles('main', Object.fromEntries(files))
    const repository = cache.repository({ ...settings, url: hosted.url })
    await repository.fetch('refs/heads/main', never)
    await expect(repository.tree(commit, never)).rejects.toMatchObject({ code: 'git.tree_too_large' })
    expect((await repository.tree(commit, never, ['b1.yaml'])).length).toBe(1)
  })

  it('is not unfolded: ten folders that each hold the next ten times are 10^10 files in eleven objects', async () => {
    const hosted = await host.createRepository('acme/bomb')
    const before = await hosted.commitFiles('main', { 'a.yaml': '1' })
    const repository = cache.repository({ ...settings, url: hosted.url })
    await repository.fetch('refs/heads/main', never)
    const bomb = await bombAt(hosted.dir)
    await hosted.setRef('refs/heads/main', bomb)
    await repository.fetch('refs/heads/main', never)
    const rss = process.memoryUsage.rss()
    const started = performance.now()
    await expect(repository.tree(bomb, never)).rejects.toMatchObject({ code: 'git.tree_too_large' })
    expect(await repository.changedPaths(before, bomb, never)).toBeUndefined()
    expect((await repository.tree(bomb, never, ['a.yaml'])).map((entry) => entry.path)).toEqual(['a.yaml'])
    expect(performance.now() - started).toBeLessThan(5_000)
    expect(process.memoryUsage.rss() - rss).toBeLessThan(50 * 1024 * 1024)
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

/** A commit of `a.yaml` beside folders of folders, all of one file. */
async function bombAt(cwd: string): Promise<string> {
  const run = async (args: readonly string[], input: string): Promise<string> => {
    const child = execFile('git', args, { cwd })
    child.stdin?.on('error', () => undefined).end(input)
    return (await child.stdout!.toArray()).join('').trim()
  }
  const file = await run(['hash-object', '-w', '--stdin'], '1')
  let line = `100644 blob ${file}`
  for (let level = 0; level < 10; level += 1) {
    const names = Array.from({ length: 10 }, (_, index) => `${line}\tf${index}\n`)
    line = `040000 tree ${await run(['mktree'], names.join(''))}`
  }
  const root = await run(['mktree'], `100644 blob ${file}\ta.yaml\n${line}\tbomb\n`)
  return run(['-c', 'user.name=x', '-c', 'user.email=x@host.test', 'commit-tree', '-m', 'A bomb', root], '')
}

/** A server of answers for paths, on loopback. */
async function serve(answer: (path: string, response: ServerResponse) => unknown): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => void answer(new URL(request.url ?? '/', 'http://x').pathname, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
