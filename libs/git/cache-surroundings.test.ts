import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { GIT_ENVIRONMENT } from '../../test/support/cached-host.js'
import { cachedHost, code, main, never, PATIENT_MS, remoteOf, ways } from '../../test/support/git-fetching.js'
import { startGitHost } from '../../test/support/git-host.js'
import { createGitCache } from './cache.js'

describe('git cache on a machine that has nothing to give', () => {
  const at = cachedHost(true)

  it('outlives that no process can be started for want of file descriptors, and reads on when there are some', async () => {
    const hosted = await at.host.createRepository('acme/descriptors')
    const head = await hosted.commitFiles('main', { 'a.yaml': '1' })
    const repository = at.cache.repository(remoteOf(hosted))
    await repository.fetch(main, never)
    const { stdout } = await promisify(execFile)('prlimit', ['--pid', String(process.pid), '--nofile', '-o', 'SOFT', '--noheadings'])
    // Started before: nothing can be, once the limit is there.
    const shell = spawn('sh', { stdio: ['pipe', 'pipe', 'inherit'] })
    const limitTo = async (files: string) => {
      shell.stdin.write(`prlimit --pid ${process.pid} --nofile=${files}: && echo done\n`)
      await once(shell.stdout, 'data')
    }
    await limitTo('0')
    const outcome = await code(repository.tree(head, never))
    await limitTo(stdout.trim())
    shell.stdin.end()
    expect(outcome).toBe('git.reader_ended retry')
    expect((await repository.tree(head, never)).map((entry) => entry.path)).toEqual(['a.yaml'])
  })

  it('says what to do when its directory is none', async () => {
    const file = join(at.dir, 'file')
    await writeFile(file, '')
    const hosted = await at.host.createRepository('acme/no-directory')
    const broken = createGitCache({ dir: file, environment: GIT_ENVIRONMENT })
    const fetching = broken.repository(remoteOf(hosted)).fetch(main, never)
    await expect(fetching).rejects.toMatchObject({
      code: 'git.cache',
      remedy: expect.stringContaining('GIT_CACHE_DIR'),
      disposition: { kind: 'retry' },
    })
  })
})

describe.each(ways)('git cache and credentials, %s', (_way, inProcess) => {
  const at = cachedHost(inProcess)

  it('sends the token by header and says when it is refused', async () => {
    await using closed = await startGitHost({ password: 't0ken' })
    const hosted = await closed.createRepository('acme/private')
    const head = await hosted.commitFiles('main', { 'a.yaml': '1' })
    expect(await at.cache.repository(remoteOf(hosted, { token: 't0ken' })).fetch(main, never)).toBe(head)
    expect(await code(at.cache.repository(remoteOf(hosted, { token: 'wrong' })).fetch(main, never))).toBe('git.auth stall')
    expect(await code(at.cache.repository(remoteOf(hosted)).fetch(main, never))).toBe('git.auth stall')
  })
  it('shows the token in no process list, and leaves no process behind when it is stopped', async () => {
    await using slow = await startGitHost()
    const hosted = await slow.createRepository('acme/list')
    slow.fault = { kind: 'hang' }
    const controller = new AbortController()
    const fetching = code(at.cache.repository(remoteOf(hosted, { token: 'canary-t0ken' })).fetch(main, controller.signal))
    await vi.waitFor(() => expect(slow.requests.count).toBeGreaterThan(0), { timeout: PATIENT_MS, interval: 5 })
    const encoded = Buffer.from('x-access-token:canary-t0ken').toString('base64')
    const running = (await commandLines()).filter((line) => line.includes(hosted.url))
    expect(running.length).toBeGreaterThan(1)
    expect(running.filter((line) => line.includes('canary') || line.includes(encoded))).toEqual([])
    controller.abort()
    expect(await fetching).toBe('git.aborted retry')
    await vi.waitFor(async () => expect((await commandLines()).filter((line) => line.includes(hosted.url))).toEqual([]), {
      timeout: PATIENT_MS,
      interval: 10,
    })
  })
})

/** The process list as anybody on the machine sees it. */
async function commandLines(): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.allSettled(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8')))
  return lines.flatMap((line) => (line.status === 'fulfilled' ? [line.value.replaceAll('\0', ' ')] : []))
}
