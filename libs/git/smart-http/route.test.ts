import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { startGitFront } from '../../../test/support/git-front.js'
import { startGitHost } from '../../../test/support/git-host.js'
import { temporaryDirectory } from '../../../test/support/temporary-directory.js'
import { createGitCache } from '../cache.js'
import { routeTo } from './route.js'

const run = promisify(execFile)
const never = new AbortController().signal
const main = 'refs/heads/main'
const remote = (url: string) => ({ url, token: undefined, verifySsl: true, timeoutMs: 20_000 })
const left = expect.objectContaining({ reason: 'not_applicable' })

describe('the way to a Git host', () => {
  it.each([
    'ssh://git@git.example.com/acme/app.git',
    'http://git.example.com/acme/app.git?x=1',
    'http://git.example.com:80/acme/app.git',
    'http://GIT.example.com/acme/app.git',
    'http://git.example.com/acme/a b.git',
  ])('is left to git for %s', (url) => {
    expect(() => routeTo(remote(url), {})).toThrow(left)
  })

  it.each([
    { http_proxy: 'http://proxy:3128' },
    { HTTPS_PROXY: 'http://proxy:3128' },
    { ALL_PROXY: 'socks5://proxy' },
    { https_proxy: 'http://proxy:3128', no_proxy: 'other.test,10.0.0.0/8' },
    { https_proxy: 'http://proxy:3128', no_proxy: 'example.com.test, xgit.example.com' },
    { https_proxy: 'http://proxy:3128', no_proxy: 'git.example.com', NO_PROXY: 'other.test' },
  ])('is left to git where a proxy may stand in it: %j', (environment) => {
    expect(() => routeTo(remote('http://git.example.com/acme/app.git'), environment)).toThrow(left)
  })

  it.each(['git.example.com', '.example.com', 'a.test, EXAMPLE.com', '*'])('is gone past a proxy for hosts that are excepted by %j', (exceptions) => {
    const environment = { https_proxy: 'http://proxy:3128', no_proxy: exceptions }
    expect(routeTo(remote('http://git.example.com/acme/app.git'), environment)).toMatchObject({
      origin: 'http://git.example.com',
      path: '/acme/app.git',
    })
  })

  it.each(['SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAPATH'])('is left to git when %s says whom to trust', (name) => {
    expect(() => routeTo(remote('https://git.example.com/acme/app.git'), { [name]: '/some/where' })).toThrow(left)
    expect(routeTo(remote('http://git.example.com/acme/app.git'), { [name]: '/some/where' }).authorities).toBeUndefined()
  })

  it('trusts whom GIT_SSL_CAINFO names', () => {
    expect(routeTo(remote('https://git.example.com/acme/app.git'), { GIT_SSL_CAINFO: '/a.pem' }).authorities).toBe('/a.pem')
  })
})

describe('a Git host with a certificate of its own', () => {
  it('is used when its authority is named or checks are off, and otherwise refused with the code of git', async () => {
    await using directory = await temporaryDirectory('git-tls')
    const [key, cert] = [join(directory.path, 'key.pem'), join(directory.path, 'cert.pem')]
    const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
    await run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      ...names,
      '-keyout',
      key,
      '-out',
      cert,
    ])
    await using host = await startGitHost()
    await using front = await startGitFront(host.url, { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') })
    const hosted = await host.createRepository('acme/tls')
    const reports: string[] = []
    const observe = ({ way, because }: { way: string; because: string }) => void reports.push(`${way} ${because}`)
    const fetchWith = async (environment: Record<string, string>, verifySsl: boolean) => {
      const cache = createGitCache({ dir: join(directory.path, 'cache'), environment: { PATH: process.env['PATH'] ?? '', ...environment }, observe })
      const head = await hosted.commitFiles('main', { 'a.yaml': String(Math.random()) })
      const fetched = await cache
        .repository({ ...remote(`${front.url}/acme/tls.git`), verifySsl })
        .fetch(main, never)
        .catch((error: { code: string }) => error.code)
      await cache.close()
      return fetched === head ? 'the head' : fetched
    }
    expect(await fetchWith({ GIT_SSL_CAINFO: cert }, true)).toBe('the head')
    expect(await fetchWith({ GIT_SSL_CAINFO: cert }, true)).toBe('the head')
    expect(await fetchWith({}, false)).toBe('the head')
    expect(await fetchWith({}, true)).toBe('git.tls')
    expect(reports).toEqual(['git cold', 'in_process fetched', 'in_process fetched', 'git connection'])
  })
})
