import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type CachedHost, GIT_ENVIRONMENT, openCachedHost } from '../../../test/support/cached-host.js'
import { type GitFront, startGitFront } from '../../../test/support/git-front.js'
import { type GitHost, type HostedRepository, startGitHost } from '../../../test/support/git-host.js'
import { temporaryDirectory } from '../../../test/support/temporary-directory.js'
import { createGitCache } from '../cache.js'
import type { GitCache, Remote, Repository } from '../contract.js'
import type { FetchReport } from './smart-http.js'

const run = promisify(execFile)
const never = new AbortController().signal
const main = 'refs/heads/main'

let opened: CachedHost
let host: GitHost
let front: GitFront
let dir: string
let cache: GitCache
const reports: string[] = []
let number = 0

const observe = ({ way, because }: FetchReport) => void reports.push(`${way} ${because}`)
const remoteOf = (hosted: HostedRepository, over: Partial<Remote> = {}): Remote => {
  // Half of it is waited for a piece of an answer, for which the host starts processes.
  return { url: `${front.url}/${hosted.name}.git`, token: undefined, verifySsl: true, timeoutMs: 20_000, ...over }
}

/** A repository with a first commit that is in the cache. */
async function warm(): Promise<{ hosted: HostedRepository; repository: Repository; first: string }> {
  const hosted = await host.createRepository(`acme/warm-${++number}`)
  const first = await hosted.commitFiles('main', { 'a.yaml': 'v: 0\n', 'folder/b.yaml': 'b\n' })
  const repository = cache.repository(remoteOf(hosted))
  expect(await repository.fetch(main, never)).toBe(first)
  reports.length = 0
  return { hosted, repository, first }
}

const textAt = async (repository: Repository, commit: string, path: string) => {
  const [entry] = await repository.tree(commit, never, [path])
  return (await repository.blob(entry!.blob, 10_000, never)).toString()
}

/** Lines that compress badly, so that a change of their end is sent as a delta. */
const numbers = (count: number) => Array.from({ length: count }, (_, index) => `line ${index * 7919}\n`).join('')

beforeAll(async () => {
  opened = await openCachedHost({ observe })
  ;({ host, front, dir, cache } = opened)
})
beforeEach(() => void (reports.length = 0))
afterAll(() => opened?.[Symbol.asyncDispose]())

describe('a fetch into a warm cache', () => {
  it('brings each push over connections that stay, asks once what the host can do, and once alone when nothing was pushed', async () => {
    const { hosted, repository } = await warm()
    const [before, connections] = [front.asked.length, front.connections.count]
    for (const value of ['1', '2', '3']) {
      const head = await hosted.commitFiles('main', { 'folder/b.yaml': value })
      expect(await repository.fetch(main, never)).toBe(head)
      expect(await textAt(repository, head, 'folder/b.yaml')).toBe(value)
    }
    await repository.fetch(main, never)
    expect(reports).toEqual(['in_process fetched', 'in_process fetched', 'in_process fetched', 'in_process unchanged'])
    expect(front.asked.slice(before)).toEqual(['capabilities', 'refs', 'pack', 'refs', 'pack', 'refs', 'pack', 'refs'])
    expect(front.connections.count - connections).toBeLessThanOrEqual(2)
  })

  it('starts no process for a push, also when it changes a large file in a large folder', async () => {
    await using shims = await temporaryDirectory('shims')
    const log = join(shims.path, 'log')
    await writeFile(join(shims.path, 'git'), `#!/bin/sh\necho "$1" >> ${log}\nPATH=${GIT_ENVIRONMENT.PATH} exec git "$@"\n`, { mode: 0o755 })
    const watched = createGitCache({ dir, environment: { PATH: `${shims.path}:${GIT_ENVIRONMENT.PATH}` }, observe })
    const { hosted } = await warm()
    const repository = watched.repository(remoteOf(hosted))
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`many/${index}.yaml`, numbers(index * 60)]))
    await repository.fetch(main, never)
    await hosted.commitFiles('main', many)
    await repository.fetch(main, never)
    await writeFile(log, '')
    for (const value of ['1', '2']) {
      const head = await hosted.commitFiles('main', { 'many/59.yaml': `${numbers(3540)}${value}` })
      expect(await repository.fetch(main, never)).toBe(head)
      const [file] = await repository.tree(head, never, ['many/59.yaml'])
      expect((await repository.blob(file!.blob, 1_000_000, never)).toString()).toBe(`${numbers(3540)}${value}`)
    }
    await watched.close()
    expect(await readFile(log, 'utf8')).toBe('')
  })

  it('leaves the first of a repository to git', async () => {
    const hosted = await host.createRepository('acme/cold')
    await hosted.commitFiles('main', { 'a.yaml': '1' })
    await cache.repository(remoteOf(hosted)).fetch(main, never)
    expect(reports).toEqual(['git cold'])
  })

  it.each([
    ['of many commits', 40, 1],
    ['of so many objects that they stay a pack', 2, 150],
    ['of more than is looked through here', 3, 300],
  ])('brings a push %s', async (_, commits, files) => {
    const { hosted, repository } = await warm()
    let head = ''
    for (let commit = 0; commit < commits; commit += 1) {
      head = await hosted.commitFiles(
        'main',
        Object.fromEntries(Array.from({ length: files }, (_, file) => [`many/${file}.yaml`, `${commit} ${file}`])),
      )
    }
    expect(await repository.fetch(main, never)).toBe(head)
    expect(await textAt(repository, head, 'many/0.yaml')).toBe(`${commits - 1} 0`)
    expect(reports).toEqual(['in_process handed_on'])
  })

  it('follows a merge, an amended commit, and a revert to one that was there before', async () => {
    const { hosted, repository, first } = await warm()
    const second = await hosted.commitFiles('main', { 'a.yaml': 'v: 1\n' })
    expect(await repository.fetch(main, never)).toBe(second)
    const amended = await hosted.commitFiles('main', { 'a.yaml': 'v: 2\n' }, 'amended', { parent: first })
    expect(await repository.fetch(main, never)).toBe(amended)
    expect(await repository.changedPaths(second, amended, never)).toEqual(['a.yaml'])
    const tree = (await run('git', ['rev-parse', `${amended}^{tree}`], { cwd: hosted.dir })).stdout.trim()
    const as = {
      cwd: hosted.dir,
      env: { ...process.env, GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' },
    }
    const merge = (await run('git', ['commit-tree', tree, '-p', second, '-p', amended, '-m', 'merge'], as)).stdout.trim()
    await hosted.setRef(main, merge)
    expect(await repository.fetch(main, never)).toBe(merge)
    await hosted.setRef(main, first)
    expect(await repository.fetch(main, never)).toBe(first)
    expect(reports).toEqual(['in_process fetched', 'in_process fetched', 'in_process fetched', 'in_process known'])
  })

  it('leaves history that shares nothing with what is kept to git', async () => {
    const { hosted, repository } = await warm()
    const forced = await hosted.commitFiles('main', { 'z.yaml': '1' }, 'forced', { parent: null })
    expect(await repository.fetch(main, never)).toBe(forced)
    expect(reports).toEqual(['git far'])
  })

  it('brings a new branch, and gives the commit behind an annotated tag', async () => {
    const { hosted, repository } = await warm()
    await hosted.setRef('refs/heads/topic', await hosted.head(main))
    const topic = await hosted.commitFiles('topic', { 'a.yaml': 'topic' })
    expect(await repository.fetch('refs/heads/topic', never)).toBe(topic)
    const tagged = await hosted.commitFiles('main', { 'a.yaml': 'tagged' })
    const tagger = { GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' }
    await run('git', ['tag', '-a', '-m', 'one', 'v1', tagged], { cwd: hosted.dir, env: { ...process.env, ...tagger } })
    expect(await repository.fetch('refs/tags/v1', never)).toBe(tagged)
    expect(reports).toEqual(['in_process fetched', 'in_process fetched'])
  })

  it('lets git say that a ref is gone, and brings it again when it is back; a longer name is not taken for it', async () => {
    const { hosted, repository } = await warm()
    const line = await hosted.commitFiles('main', { 'a.yaml': 'line' })
    await hosted.setRef('refs/heads/mainline', line)
    await hosted.setRef(main, undefined)
    expect(await repository.fetch(main, never)).toBeUndefined()
    const again = await hosted.commitFiles('main', { 'a.yaml': 'again' }, 'again', { parent: line })
    expect(await repository.fetch(main, never)).toBe(again)
    expect(reports).toEqual(['git ref_missing', 'in_process fetched'])
  })

  it('lets several caches fetch into one directory at once, as several processes have them', async () => {
    const { hosted } = await warm()
    const caches = Array.from({ length: 5 }, () => createGitCache({ dir, environment: GIT_ENVIRONMENT, observe }))
    for (const value of ['x', 'y', 'z']) {
      const head = await hosted.commitFiles('main', { 'a.yaml': value })
      const repositories = caches.map((each) => each.repository(remoteOf(hosted)))
      expect(await Promise.all(repositories.map((each) => each.fetch(main, never)))).toEqual(caches.map(() => head))
      expect(await Promise.all(repositories.map((each) => textAt(each, head, 'a.yaml')))).toEqual(caches.map(() => value))
    }
    await Promise.all(caches.map((each) => each.close()))
    expect(reports.filter((report) => report.startsWith('git'))).toEqual([])
  })

  it('does not mind connections that the host has closed meanwhile', async () => {
    const { hosted, repository } = await warm()
    await repository.fetch(main, never)
    front.dropIdle()
    let first = true
    front.fault = (_asked, response) => {
      if (!first) return 'pass'
      first = false
      return response.socket?.resetAndDestroy()
    }
    const head = await hosted.commitFiles('main', { 'a.yaml': 'stale' })
    expect(await repository.fetch(main, never)).toBe(head)
    front.fault = undefined
    expect(first).toBe(false)
    expect(reports).toEqual(['in_process unchanged', 'in_process fetched'])
  })

  it('sends the token as git does, and is refused without it', async () => {
    await using closed = await startGitHost({ password: 't0ken' })
    await using door = await startGitFront(closed.url)
    const hosted = await closed.createRepository('acme/private')
    await hosted.commitFiles('main', { 'a.yaml': '1' })
    const open = (token?: string) => cache.repository(remoteOf(hosted, { url: `${door.url}/acme/private.git`, token }))
    await open('t0ken').fetch(main, never)
    const head = await hosted.commitFiles('main', { 'a.yaml': '2' })
    expect(await open('t0ken').fetch(main, never)).toBe(head)
    await expect(open('wrong').fetch(main, never)).rejects.toMatchObject({ code: 'git.auth' })
    await expect(open().fetch(main, never)).rejects.toMatchObject({ code: 'git.auth' })
    expect(reports).toEqual(['git cold', 'in_process fetched', 'git status', 'git paused'])
  })

  it('ends at once when its job is given up, without a word to git', async () => {
    const { repository } = await warm()
    const controller = new AbortController()
    front.fault = () => controller.abort()
    await expect(repository.fetch(main, controller.signal)).rejects.toMatchObject({ code: 'git.aborted' })
    front.fault = undefined
    expect(reports).toEqual([])
  })

  it('does as git when it is told to leave all to git', async () => {
    const { hosted } = await warm()
    const asked = front.asked.length
    const plain = createGitCache({ dir, environment: GIT_ENVIRONMENT, observe, inProcess: false })
    const head = await hosted.commitFiles('main', { 'a.yaml': 'plain' })
    expect(await plain.repository(remoteOf(hosted)).fetch(main, never)).toBe(head)
    await plain.close()
    expect(front.asked.length).toBe(asked)
  })
})
