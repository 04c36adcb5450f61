import { gzipSync } from 'node:zlib'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectUnharmed, onceOf } from '../support/attack.js'
import { type Chain, startChain } from '../support/chain.js'
import type { AskInit } from '../support/ingress-door.js'
import { sendRaw } from '../support/raw-http.js'

const ROUTES = [
  '/api/v1/sync',
  '/api/v1/jobs',
  '/api/v1/jobs/plan/1',
  '/api/v1/destinations?datasource=redis',
  '/api/v1/destinations/state',
  '/api/v1/destinations/entries',
  '/api/v1/destinations/history',
  '/api/v1/change-sets',
  '/api/v1/change-sets/1',
  '/api/v1/bundle',
  '/api/v1/reload',
  '/admin/queues',
  '/admin/queues/api/queues',
  '/admin/queues/api/queues/plan/add',
  '/admin/queues/api/queues/plan/pause',
  '/admin/queues/static/x.js',
  '/metrics',
  '/nothing',
]
/** Other ways to write a route that some router would take for it. */
const SPELLINGS = [
  '//api/v1/bundle',
  '/api/v1/../v1/bundle',
  '/webhooks/../api/v1/bundle',
  '/API/V1/bundle',
  '/%61pi/v1/bundle',
  '/api/v1/bundle/',
  '/health/../api/v1/bundle',
  'http://x/api/v1/bundle',
]
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']

let chain: Chain
let token: string

beforeAll(async () => {
  chain = await startChain({ name: 'api' })
  token = String(chain.varTrack.log().find((line) => typeof line.admin_access === 'string')?.admin_access)
}, 120_000)
afterAll(() => chain?.[Symbol.asyncDispose]())

const ask = async (path: string, init: AskInit = {}): Promise<{ status: number; text: string; type: string | null }> => {
  const response = await fetch(`${chain.varTrack.url}${path}`, {
    redirect: 'manual',
    ...init,
    headers: { authorization: `Bearer ${token}`, ...init.headers },
  })
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') }
}
const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  ask(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
const refusal = ({ status, text }: { status: number; text: string }): string => {
  expect(text).not.toMatch(/\n\s+at |node_modules/)
  const { error } = JSON.parse(text) as { error: { code: string; remedy: string } }
  expect(error.remedy).toMatch(/\w/)
  return `${status} ${error.code}`
}

/** Looks at the jobs of queues that are there now. */
const connect = (url: string): Disposable & { jobs(queue: string): Promise<string[]> } => {
  const redis = new Redis(url)
  return { jobs: (queue) => redis.keys(`{vartrack}:${queue}:j*`), [Symbol.dispose]: () => redis.disconnect() }
}
const sync = (fields: object): string => JSON.stringify({ platform: 'github', repository: 'acme/api', ref: 'main', ...fields })

describe('API and board without a token', () => {
  it.each(METHODS)('are closed on every route: %s', async (method) => {
    for (const path of [...ROUTES, ...SPELLINGS]) {
      const { status } = await sendRaw(chain.varTrack.url, { head: [`${method} ${path} HTTP/1.1`, 'connection: close'] })
      expect([path, status]).toEqual([path, 401])
    }
  })

  it.each<[string, Record<string, string>]>([
    ['a guessed one', { authorization: 'Bearer vt_guess' }],
    ['an empty one', { authorization: 'Bearer ' }],
    ['a name and password', { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` }],
    ['two in one header', { authorization: 'Bearer a, Bearer b' }],
    ['the cookie of the board', { cookie: 'vartrack_token=TOKEN' }],
  ])('are closed to %s', async (_, headers) => {
    const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('TOKEN', token)]))
    expect((await fetch(`${chain.varTrack.url}/api/v1/bundle`, { headers: sent })).status).toBe(401)
  })

  it('take no token from the address, but at the board', async () => {
    expect((await fetch(`${chain.varTrack.url}/api/v1/bundle?token=${token}`)).status).toBe(401)
  })
})

describe('a request with a token', () => {
  it.each<[string, string, string, string]>([
    ['an option as ref', '/api/v1/sync', sync({ ref: '--upload-pack=x' }), '400 api.input'],
    ['a ref with a newline', '/api/v1/sync', sync({ ref: 'a\nb' }), '400 api.input'],
    ['a repository that climbs', '/api/v1/sync', sync({ repository: 'acme/../../etc' }), '400 api.input'],
    ['a repository at another host', '/api/v1/sync', sync({ repository: 'acme/x@169.254.169.254' }), '400 api.input'],
    ['a repository with a query', '/api/v1/sync', sync({ repository: 'acme/x?url=http://[::ffff:127.0.0.1]/' }), '400 api.input'],
    ['an address as repository', '/api/v1/sync', sync({ repository: 'http://2130706433/x' }), '400 api.input'],
    ['a repository of somebody else', '/api/v1/sync', sync({ repository: 'other-tenant/app' }), '404 api.not_found'],
    ['a field too many', '/api/v1/sync', sync({ url: 'http://169.254.169.254' }), '400 api.input'],
    ['a __proto__ key', '/api/v1/sync', `{"__proto__":{},${sync({}).slice(1)}`, '400 http.json'],
    ['JSON 10,000 deep', '/api/v1/sync', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, '400 http.json'],
    ['a body over 64 KiB', '/api/v1/sync', sync({ ref: 'x'.repeat(70_000) }), '413 http.body_too_large'],
    ['a job called __proto__', '/api/v1/jobs', '{"name":"__proto__","data":{}}', '400 api.input'],
    ['a job that belongs to its flow', '/api/v1/jobs', '{"name":"settle","data":{"changeSet":"x"}}', '400 api.input'],
    ['a job with a wrong type', '/api/v1/jobs', '{"name":"sweep","data":{"platform":7}}', '400 api.input'],
    ['a negative target', '/api/v1/jobs', '{"name":"write","sink":"redis","data":{"changeSet":"x","target":-1}}', '400 api.input'],
    ['broken JSON for the board', '/admin/queues/api/queues/plan/add', '{', '400 http.json'],
    ['JSON 10,000 deep for the board', '/admin/queues/api/queues/plan/add', `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, '400 http.json'],
    ['2 MB for the board', '/admin/queues/api/queues/plan/add', JSON.stringify({ name: 'x'.repeat(2_000_000) }), '413 http.body_too_large'],
  ])('is refused: %s', async (_, path, body, expected) => {
    expect(refusal(await post(path, body))).toBe(expected)
  })

  it.each(['/api/v1/sync', '/admin/queues/api/queues/plan/add'])('is refused as a page of another site can send it: %s', async (path) => {
    expect(refusal(await post(path, '{}', { 'content-type': 'text/plain' }))).toBe('415 http.content_type')
    expect(refusal(await post(path, '{}', { 'content-type': 'application/x-www-form-urlencoded' }))).toBe('415 http.content_type')
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(20 * 1024 * 1024)))
    expect(refusal(await post(path, bomb, { 'content-encoding': 'gzip' }))).toBe('415 http.content_encoding')
  })

  it.each<[string, string]>([
    ['/api/v1/jobs/plan/meta', '404 api.not_found'],
    ['/api/v1/jobs/plan/events', '404 api.not_found'],
    ['/api/v1/jobs/plan/stalled-check', '404 api.not_found'],
    ['/api/v1/jobs/plan/__proto__', '404 api.not_found'],
    ['/api/v1/jobs/plan/..%2f..', '404 api.not_found'],
    ['/api/v1/jobs/constructor/1', '400 api.input'],
    ['/api/v1/change-sets/*', '404 api.not_found'],
    ['/api/v1/change-sets/%3Cscript%3E', '404 api.not_found'],
    ['/api/v1/destinations?datasource=__proto__', '404 api.not_found'],
    ['/api/v1/destinations?datasource=redis&datasource=mongo', '400 api.input'],
    ['/api/v1/destinations?datasource=redis&limit=1e9', '400 api.input'],
    ['/api/v1/destinations/state?datasource=redis&location=..%2f..%2f&source=x', '404 api.not_found'],
    ['/admin/queues/nothing', '404 http.not_found'],
    ['/admin/queues/%ff', '404 http.not_found'],
    ['/admin/queues/static/..%2f..%2f..%2fpackage.json', '403 http.refused'],
    ['/%ff', '404 http.not_found'],
  ])('for what is not there is refused: %s', async (path, expected) => {
    expect(refusal(await ask(path))).toBe(expected)
  })

  it('is refused before a job is made of it', async () => {
    using redis = connect(chain.redis.url)
    for (const queue of ['plan', 'settle', 'write-*', 'heal']) expect([queue, await redis.jobs(queue)]).toEqual([queue, []])
    await post('/api/v1/sync', sync({ ref: 'main' }))
    expect(await redis.jobs('plan')).not.toEqual([])
  })

  it('gets names of branches as data that no browser takes for a page', async () => {
    const name = '<script>alert(1)</script>'
    await post('/api/v1/sync', sync({ ref: name }))
    const { type, text } = await ask('/admin/queues/api/queues?activeQueue=plan&page=1')
    expect([type, text.includes(name)]).toEqual([expect.stringContaining('application/json'), true])
    expect((await ask('/admin/queues/queue/plan')).text).not.toContain('alert(1)')
  })

  it('may not open a tunnel', async () => {
    expect(
      (await sendRaw(chain.varTrack.url, { head: ['CONNECT 169.254.169.254:80 HTTP/1.1', `authorization: Bearer ${token}`], body: onceOf('x') }))
        .status,
    ).toBe(0)
  })

  it('leaves varTrack as it was', () => expectUnharmed(chain))
})
