import { createHash } from 'node:crypto'
import type { ChangeSet, Target } from '@vartrack/state'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AskInit, type IngressDoor, openIngressDoor, SECRET } from '../../../test/support/ingress-door.js'
import { sampleTarget } from '../../../test/support/samples.js'

let door: IngressDoor

beforeEach(async () => {
  door = await openIngressDoor()
  return () => door[Symbol.asyncDispose]()
})

const json = (body: unknown): AskInit => ({ method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
const ask = async (path: string, init?: AskInit) => {
  const response = await door.ask(`/api/v1${path}`, init)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> & { error?: { code: string; message: string } } }
}
const refusal = async (path: string, init?: AskInit) => {
  const { status, body } = await ask(path, init)
  return `${status} ${body.error?.code}`
}

const target: Target = { ...sampleTarget, undo: false }
const at = new URLSearchParams({ datasource: target.datasource, location: target.location, source: target.source }).toString()

describe('admin API without a token', () => {
  const routes = [
    '/sync',
    '/jobs',
    '/jobs/plan/1',
    '/destinations',
    '/destinations/state',
    '/destinations/entries',
    '/destinations/history',
    '/change-sets',
  ]
  const paths = [...routes, '/change-sets/x', '/bundle', '/reload', '/nothing', ''].map((route) => `/api/v1${route}`)

  it.each([...paths, '/admin/queues', '/admin/queues/api/queues', '/', '/metrics', '/API/v1/bundle', '//api/v1/bundle'])(
    'answers 401 to every method at %s',
    async (path) => {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        for (const authorization of ['', 'Bearer wrong', `Basic ${door.token}`, `Bearer ${door.token} x`]) {
          const response = await fetch(`${door.url}${path}`, { method, headers: { authorization } })
          expect([method, response.status, response.headers.get('www-authenticate')]).toEqual([method, 401, 'Bearer realm="vartrack"'])
        }
      }
    },
  )

  it('still answers health', async () => {
    for (const path of ['/health/liveness', '/health/readiness']) expect((await fetch(`${door.url}${path}`)).status).toBe(200)
  })

  it.each(['forwarded', 'x-forwarded-for', 'x-real-ip'])('is closed to others even with one, when a proxy says so by %s', async (header) => {
    const response = await door.ask('/api/v1/bundle', { headers: { [header]: '203.0.113.7' } })
    expect([response.status, await response.json()]).toEqual([
      403,
      expect.objectContaining({ error: expect.objectContaining({ code: 'auth.loopback_only' }) }),
    ])
  })
})

describe('admin API of a bundle with tokens', () => {
  const sha256 = createHash('sha256').update('token-of-ci').digest('hex')

  beforeEach(() => {
    door.bundle = { ...door.bundle, auth: { tokens: [{ name: 'ci', sha256, groups: ['ci'] }] } }
  })
  afterEach(() => {
    door.bundle = { ...door.bundle, auth: undefined }
  })

  it('takes them from everywhere, and the token of the start no more', async () => {
    const forwarded = { 'x-forwarded-for': '203.0.113.7' }
    expect((await door.ask('/api/v1/bundle', { headers: { authorization: 'Bearer token-of-ci', ...forwarded } })).status).toBe(200)
    expect((await door.ask('/api/v1/bundle', { headers: { authorization: `Bearer ${sha256}` } })).status).toBe(401)
    expect((await door.ask('/api/v1/bundle')).status).toBe(401)
  })

  it('does not show their hashes', async () => {
    const shown = await (await door.ask('/api/v1/bundle', { headers: { authorization: 'Bearer token-of-ci' } })).text()
    expect(shown).toContain('"ci"')
    expect(shown).not.toContain(sha256)
  })
})

describe('sync by hand', () => {
  it('plans the whole ref', async () => {
    const { status, body } = await ask('/sync', json({ platform: 'github', repository: 'acme/app', ref: 'main', datasource: 'redis', dry_run: true }))
    expect([status, body['status']]).toEqual([202, 'accepted'])
    expect(await door.plans()).toEqual([
      expect.objectContaining({ cause: 'sync', repo: 'acme/app', ref: 'refs/heads/main', datasource: 'redis', dryRun: true, full: true }),
    ])
  })

  it.each([
    ['an unknown platform', { platform: 'gitlab', repository: 'acme/app', ref: 'main' }, '404 api.not_found'],
    ['an unknown repository', { platform: 'github', repository: 'other/app', ref: 'main' }, '404 api.not_found'],
    ['an unknown datasource', { platform: 'github', repository: 'acme/app', ref: 'main', datasource: 'x' }, '404 api.not_found'],
    ['a pull request', { platform: 'github', repository: 'acme/app', ref: 'refs/pull/1/head' }, '400 api.input'],
    ['a ref like an option', { platform: 'github', repository: 'acme/app', ref: '--upload-pack=x' }, '400 api.input'],
    ['a missing ref', { platform: 'github', repository: 'acme/app' }, '400 api.input'],
    ['an unknown field', { platform: 'github', repository: 'acme/app', ref: 'main', force: true }, '400 api.input'],
    ['a list', [], '400 api.input'],
  ])('refuses %s', async (_, body, expected) => {
    expect(await refusal('/sync', json(body))).toBe(expected)
    expect(await door.plans()).toEqual([])
  })

  it('says which field is missing and which is one too many', async () => {
    const { body } = await ask('/sync', json({ platform: 'github', repository: 'acme/app', reff: 'main' }))
    expect(body['error']).toMatchObject({ message: 'The body is refused: ref is missing; it has no field "reff".' })
  })

  it('refuses what another site could send without asking', async () => {
    const body = JSON.stringify({ platform: 'github', repository: 'acme/app', ref: 'main' })
    expect(await refusal('/sync', { method: 'POST', body, headers: { 'content-type': 'text/plain' } })).toBe('415 http.content_type')
  })
})

describe('job by hand', () => {
  it('is added after its schema was checked, and can be looked at', async () => {
    const { body } = await ask('/jobs', json({ name: 'sweep', data: { platform: 'github' } }))
    expect(await ask(`/jobs/sweep/${String(body['job'])}`)).toMatchObject({
      status: 200,
      body: { name: 'sweep', state: 'waiting', data: { platform: 'github' } },
    })
  })

  it.each([
    ['an unknown name', { name: 'format-disk', data: {} }, '400 api.input'],
    ['a settle', { name: 'settle', data: { changeSet: 'x' } }, '400 api.input'],
    ['data that is not the schema', { name: 'sweep', data: { platform: 7 } }, '400 api.input'],
    ['more data than the schema', { name: 'sweep', data: { platform: 'github', values: { a: 1 } } }, '400 api.input'],
    ['a write without its sink', { name: 'write', data: { changeSet: 'x', target: 0 } }, '400 api.input'],
    ['a sink that no writer works', { name: 'write', data: { changeSet: 'x', target: 0 }, sink: 's3' }, '400 api.input'],
    ['a sink for a sweep', { name: 'sweep', data: { platform: 'github' }, sink: 'redis' }, '400 api.input'],
  ])('is refused: %s', async (_, body, expected) => {
    expect(await refusal('/jobs', json(body))).toBe(expected)
  })

  it('that is not there is 404', async () => {
    expect(await refusal('/jobs/plan/none')).toBe('404 api.not_found')
    expect(await refusal('/jobs/nowhere/1')).toBe('400 api.input')
  })
})

describe('destinations', () => {
  beforeEach(async () => {
    await door.state.putTarget(target)
    await door.state.putStatus(target, { state: 'drifted', drift: { changed: 1, missing: 0, extra: 0 } })
    await door.state.addHistory(target, { generation: 1, commit: 'a', digest: 'd', changeSet: 'c', put: 2, deleted: 0, at: '2026-01-01T00:00:00Z' })
    await door.state.putLedger(target, 1, Buffer.from('db.host,db.port'))
  })

  it('are listed with their state', async () => {
    const { body } = await ask('/destinations?datasource=redis')
    expect(body).toMatchObject({ destinations: [{ location: 'production:app', generation: 3, status: { state: 'drifted' } }], more: false })
    expect(await refusal('/destinations?datasource=nowhere')).toBe('404 api.not_found')
    expect(await refusal('/destinations')).toBe('400 api.input')
  })

  it('say that there are more than were asked for', async () => {
    await door.state.putTarget({ ...target, location: 'staging:app' })
    const { body } = await ask('/destinations?datasource=redis&limit=1')
    expect([(body['destinations'] as unknown[]).length, body['more']]).toEqual([1, true])
  })

  it('give their keys, never values, and their history', async () => {
    expect((await ask(`/destinations/entries?${at}`)).body['keys']).toEqual(['db.host', 'db.port'])
    expect((await ask(`/destinations/history?${at}`)).body['history']).toMatchObject([{ generation: 1, put: 2 }])
    expect((await ask(`/destinations/state?${at}`)).body).toMatchObject({ environment: 'production', status: { state: 'drifted' } })
    expect(await refusal('/destinations/entries?datasource=redis&location=none&source=x')).toBe('404 api.not_found')
  })
})

describe('change sets', () => {
  const changeSet: ChangeSet = {
    id: 'cs-1',
    correlation: 'abc',
    cause: 'webhook',
    platform: 'github',
    repo: 'acme/app',
    ref: 'refs/heads/<img src=x onerror=alert(1)>',
    commit: 'b'.repeat(40),
    createdAt: new Date().toISOString(),
    state: 'settled',
    targets: [target],
  }

  it('are listed, and each tells how its targets ended', async () => {
    await door.state.putChangeSet(changeSet)
    await door.state.putOutcome('cs-1', 0, { state: 'written', put: 2, deleted: 0, kept: 0, at: '2026-01-01T00:00:01Z' })
    expect((await ask('/change-sets')).body).toMatchObject({ change_sets: [{ id: 'cs-1', state: 'settled', destinations: 1 }] })
    expect((await ask('/change-sets/cs-1')).body).toMatchObject({ targets: [{ location: 'production:app', outcome: { state: 'written', put: 2 } }] })
    expect(await refusal('/change-sets/none')).toBe('404 api.not_found')
  })

  it('answer a branch name full of HTML as JSON that no browser reads as a page', async () => {
    await door.state.putChangeSet(changeSet)
    const { headers } = await door.ask('/api/v1/change-sets/cs-1')
    expect([headers.get('content-type'), headers.get('x-content-type-options')]).toEqual(['application/json; charset=utf-8', 'nosniff'])
  })
})

describe('bundle', () => {
  it('is shown without its credentials', async () => {
    const { body } = await ask('/bundle')
    expect(body).toMatchObject({ platforms: [{ name: 'github', secret: '***' }], datasources: [{ options: { host: 'cache', password: '***' } }, {}] })
    expect(JSON.stringify(body)).not.toContain(SECRET)
  })

  it('is loaded anew', async () => {
    expect((await ask('/reload', json({}))).body).toEqual({ status: 'loaded', digest: door.bundle.digest })
  })
})
