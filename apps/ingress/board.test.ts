import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type IngressDoor, openIngressDoor } from '../../test/support/ingress-door.js'

let door: IngressDoor

beforeAll(async () => {
  door = await openIngressDoor()
})
afterAll(() => door[Symbol.asyncDispose]())

const signIn = async (): Promise<string> => {
  const response = await fetch(`${door.url}/admin/queues?token=${door.token}`, { redirect: 'manual' })
  expect([response.status, response.headers.get('location')]).toEqual([302, '/admin/queues'])
  return response.headers.get('set-cookie') ?? ''
}

describe('board', () => {
  it('shows every queue to whoever has the token', async () => {
    expect(await (await door.ask('/admin/queues')).text()).toContain('varTrack')
    const { queues } = (await (await door.ask('/admin/queues/api/queues')).json()) as { queues: { name: string }[] }
    expect(queues.map((queue) => queue.name)).toEqual(
      expect.arrayContaining(['plan', 'settle', 'poll', 'write-redis', 'write-mongo', 'write-zookeeper']),
    )
  })

  it('lets a browser in by a cookie that no script reads and no other site sends', async () => {
    const cookie = await signIn()
    expect(cookie).toMatch(/httponly/i)
    expect(cookie).toMatch(/samesite=strict/i)
    expect(cookie).toMatch(/path=\/admin\/queues/i)
    const headers = { cookie: cookie.split(';')[0] ?? '' }
    expect((await fetch(`${door.url}/admin/queues`, { headers })).status).toBe(200)
    expect((await fetch(`${door.url}/api/v1/bundle`, { headers })).status).toBe(401)
    expect((await fetch(`${door.url}/admin/queues?token=wrong`, { redirect: 'manual' })).status).toBe(401)
  })

  it('loads its scripts and styles', async () => {
    const page = await (await door.ask('/admin/queues')).text()
    const script = /src="?([^" >]+\.js)/.exec(page)?.[1] ?? ''
    const response = await door.ask(new URL(script, `${door.url}/admin/queues/`).pathname)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringContaining('javascript')])
  })

  it.each([
    ['another site', { origin: 'https://evil.example.com' }],
    ['nowhere', {}],
    ['a plain text form', { origin: 'own', 'content-type': 'text/plain' }],
  ])('refuses a change that comes with the cookie from %s', async (_, given) => {
    const cookie = (await signIn()).split(';')[0] ?? ''
    const headers = { cookie, ...given, ...('origin' in given && given.origin === 'own' ? { origin: door.url } : {}) }
    const response = await fetch(`${door.url}/admin/queues/api/queues/plan/pause`, { method: 'PUT', headers, body: '{}' })
    expect(response.status).toBe(403)
    expect(await (await door.producer.queue('plan')).isPaused()).toBe(false)
  })

  it('takes a change from its own page', async () => {
    const cookie = (await signIn()).split(';')[0] ?? ''
    const response = await fetch(`${door.url}/admin/queues/api/queues/plan/pause`, { method: 'PUT', headers: { cookie, origin: door.url } })
    expect(response.status).toBe(200)
    expect(await (await door.producer.queue('plan')).isPaused()).toBe(true)
  })
})
