import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from '../../test/support/eventually.js'
import { pushPayload } from '../../test/support/git-host.js'
import { type IngressDoor, openIngressDoor, SECRET, signedPush, testPlatform, testPush } from '../../test/support/ingress-door.js'
import { privateRedis } from '../../test/support/private-redis.js'
import { openRaw, sendRaw } from '../../test/support/raw-http.js'

let door: IngressDoor

beforeEach(async () => {
  door = await openIngressDoor()
  return () => door[Symbol.asyncDispose]()
})

interface Answer {
  readonly status: number
  readonly body: {
    readonly status?: string
    readonly reason?: string
    readonly job?: string
    readonly error?: { code: string; message: string; remedy?: string }
  }
}

const send = async (init: RequestInit, path = '/webhooks'): Promise<Answer> => {
  const response = await fetch(`${door.url}${path}`, init)
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}
const refusal = async (init: RequestInit, path?: string) => {
  const { status, body } = await send(init, path)
  return `${status} ${body.error?.code}`
}

const raw = async (head: readonly string[], body?: () => string | undefined): Promise<string> => {
  const { status, code } = await sendRaw(door.url, body ? { head, body } : { head })
  return `${status} ${code}`
}

/** What anybody can say without the secret. */
const CLAIMED = [
  'POST /webhooks HTTP/1.1',
  'content-type: application/json',
  'x-github-event: push',
  'x-github-delivery: 1',
  `x-hub-signature-256: sha256=${'0'.repeat(64)}`,
]

describe('webhook', () => {
  it('is accepted once Redis has the job, with the correlation id of the caller', async () => {
    const response = await fetch(`${door.url}/webhooks`, signedPush(undefined, { 'x-correlation-id': 'abc-1' }))
    expect([response.status, response.headers.get('x-correlation-id')]).toEqual([202, 'abc-1'])
    expect(await door.plans()).toEqual([
      {
        version: 1,
        correlation: 'abc-1',
        cause: 'webhook',
        platform: 'github',
        repo: 'acme/app',
        ref: 'refs/heads/main',
        defaultBranch: 'main',
        dryRun: false,
        full: false,
      },
    ])
    expect(door.outcomes).toEqual(['github 202'])
  })

  it('is narrowed to a datasource, and to a dry run, by its address', async () => {
    await send(signedPush(), '/webhooks/redis')
    await send(signedPush(), '/webhooks/redis/dry-run')
    const plans = (await door.plans()).map(({ datasource, dryRun }) => ({ datasource, dryRun }))
    expect(plans).toHaveLength(2)
    expect(plans).toEqual(
      expect.arrayContaining([
        { datasource: 'redis', dryRun: false },
        { datasource: 'redis', dryRun: true },
      ]),
    )
    expect(await refusal(signedPush(), '/webhooks/nowhere')).toBe('404 webhook.datasource_unknown')
  })

  it('of a pull request carries its number and branches', async () => {
    const { repository } = pushPayload(testPush)
    const pull_request = { head: { ref: 'main', sha: 'c'.repeat(40) }, base: { ref: 'main' } }
    await send(signedPush({ action: 'opened', number: 42, pull_request, repository }, { 'x-github-event': 'pull_request' }))
    expect(await door.plans()).toEqual([
      expect.objectContaining({ ref: 'refs/pull/42/head', pullRequest: { number: 42, head: 'main', base: 'main', closed: false } }),
    ])
  })

  it('that is repeated is acknowledged and does nothing, however often', async () => {
    const delivery = signedPush()
    const answers = await Promise.all(Array.from({ length: 100 }, () => send(delivery)))
    expect(new Set(answers.map((answer) => answer.status))).toEqual(
      new Set([200, 202].filter((status) => answers.some((answer) => answer.status === status))),
    )
    expect(await door.plans()).toHaveLength(1)
    expect(await send(delivery)).toMatchObject({ status: 200, body: { status: 'replayed' } })
  })

  it('that is repeated under a new id plans the head of the ref, and carries no commit to apply', async () => {
    await send(signedPush())
    await send(signedPush())
    const plans = await door.plans()
    expect(plans).toHaveLength(1)
    expect(JSON.stringify(plans)).not.toContain(testPush.after)
  })

  it.each([
    ['an event that changes nothing', { 'x-github-event': 'ping' }, pushPayload(testPush)],
    ['a repository no rule names', {}, pushPayload({ ...testPush, repo: 'other/app' })],
    ['a repository the rule excludes', {}, pushPayload({ ...testPush, repo: 'acme/legacy-app' })],
  ])('is answered 200 with the reason: %s', async (_, headers, payload) => {
    const { status, body } = await send(signedPush(payload, headers))
    expect([status, body.status]).toEqual([200, 'ignored'])
    expect(body.reason).toMatch(/\w/)
    expect(await door.plans()).toEqual([])
  })

  it('is answered 200 when the datasource it names is in no rule of the repository', async () => {
    expect(await send(signedPush(), '/webhooks/mongo')).toMatchObject({ status: 200, body: { status: 'ignored' } })
  })

  it('answers 503 at once while Redis is away, and is welcome again afterwards', async () => {
    const redis = await privateRedis()
    onTestFinished(() => redis.remove())
    await door[Symbol.asyncDispose]()
    door = await openIngressDoor({ redisUrl: redis.url })
    const delivery = signedPush()
    await redis.kill()
    const started = performance.now()
    expect(await refusal(delivery)).toBe('503 queue.unavailable')
    expect(performance.now() - started).toBeLessThan(3000)
    await redis.start()
    await expect.poll(async () => (await send(delivery)).status, { timeout: 10_000, interval: 50 }).toBe(202)
  })
})

describe('webhook that is not to be trusted', () => {
  const own = { ...testPlatform, name: 'github-own', endpoint: 'https://own.example.com', secret: 'the other secret' }

  it.each([
    ['no signature', signedPush(undefined, { 'x-hub-signature-256': undefined }), '401 webhook.signature_missing'],
    ['a signature of another secret', signedPush(undefined, {}, 'wrong'), '401 webhook.signature_wrong'],
    ['sha1', signedPush(undefined, { 'x-hub-signature-256': undefined, 'x-hub-signature': `sha1=${'a'.repeat(40)}` }), '401 webhook.signature_sha1'],
    ['a short signature', signedPush(undefined, { 'x-hub-signature-256': 'sha256=abcd' }), '401 webhook.signature_malformed'],
    ['no event', signedPush(undefined, { 'x-github-event': undefined }), '404 webhook.platform_unknown'],
    ['no delivery id', signedPush(undefined, { 'x-github-delivery': undefined }), '400 webhook.delivery_id'],
    ['a repository on another host', signedPush(pushPayload({ ...testPush, url: 'https://evil.example.com' })), '404 webhook.platform_unknown'],
    ['text', signedPush(undefined, { 'content-type': 'text/plain' }), '415 http.content_type'],
    ['a form', signedPush('payload=%7B%7D', { 'content-type': 'application/x-www-form-urlencoded' }), '415 http.content_type'],
    ['broken JSON', signedPush('{"ref":'), '400 http.json'],
    ['no JSON object', signedPush('[]'), '400 webhook.payload'],
    ['JSON 10,000 deep', signedPush(`${'['.repeat(10_000)}${']'.repeat(10_000)}`), '400 http.json'],
    ['a __proto__ key', signedPush(`{"__proto__": {"polluted": true}, ${JSON.stringify(pushPayload(testPush)).slice(1)}`), '400 http.json'],
    ['a ref of numbers', signedPush({ ...pushPayload(testPush), ref: 7 }), '400 webhook.payload'],
  ])('is refused: %s', async (_, init, expected) => {
    expect(await refusal(init)).toBe(expected)
    expect(await door.plans()).toEqual([])
  })

  it('is refused when it is signed with the secret of another platform', async () => {
    door.bundle = { ...door.bundle, platforms: [testPlatform, own] }
    expect(await refusal(signedPush(undefined, {}, 'the other secret'))).toBe('401 webhook.signature_wrong')
    expect(await refusal(signedPush())).toBe('202 undefined')
  })

  it('is refused when the platform has no secret', async () => {
    door.bundle = { ...door.bundle, platforms: [{ ...testPlatform, secret: '' }] }
    expect(await refusal(signedPush(undefined, {}, ''))).toBe('401 webhook.signature_unconfigured')
  })

  it('never has its secret repeated in an answer or a log line', async () => {
    await refusal(signedPush(`{"${SECRET}`))
    await refusal(signedPush(pushPayload({ ...testPush, url: `https://${SECRET}.example.com` })))
    const answer = await send(signedPush({ ...pushPayload(testPush), repository: { full_name: `${SECRET}/../x` } }))
    expect(JSON.stringify([answer, door.lines])).not.toContain(SECRET)
  })

  it('gets JSON with code, remedy and request id, and no stack, also where there is nothing', async () => {
    const response = await door.ask('/nothing/<b>here</b>')
    const text = await response.text()
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/json; charset=utf-8'])
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'http.not_found', remedy: expect.any(String) }, request_id: expect.any(String) })
    expect(text).not.toContain('.ts:')
    expect(await refusal({ method: 'GET' })).toBe('405 http.method')
  })
})

describe('webhook that wants too much', () => {
  it('is refused before its body is read when its headers cannot be trusted', async () => {
    await using patient = await openIngressDoor({ limits: { bodyTimeoutMs: 60_000 } })
    const [post, type, event, delivery, signature] = CLAIMED
    const length = 'content-length: 100'
    const answers = [
      [post, type, event, delivery, length],
      [post, type, event, delivery, `${signature}0`, length],
      [post, type, signature, length],
    ].map(async (head) => {
      const { status, code } = await sendRaw(patient.url, { head: head as string[] })
      return `${status} ${code}`
    })
    expect(await Promise.all(answers)).toEqual(['401 webhook.signature_missing', '401 webhook.signature_malformed', '404 webhook.platform_unknown'])
  })

  it('from 200 senders who never end their bodies keeps none from being accepted', async () => {
    const limits = { bodyTimeoutMs: 60_000, bufferedBytes: 16 * 1024 * 1024 }
    await using patient = await openIngressDoor({ limits })
    const part = Buffer.alloc(1024 * 1024 - 1, 'x')
    const slow = Array.from({ length: 200 }, () => openRaw(patient.url))
    const answered = slow.map(() => '')
    for (const [index, socket] of slow.entries()) {
      socket.on('error', () => undefined).on('data', (chunk) => (answered[index] += chunk.toString()))
      socket.write(`${[...CLAIMED, 'host: a', `content-length: ${part.length + 1}`].join('\r\n')}\r\n\r\n`)
      socket.write(part)
    }
    await eventually(() => answered.filter((text) => text.startsWith('HTTP/1.1 429')).length >= 180, { timeoutMs: 60_000 })
    const honest = await Promise.all(Array.from({ length: 20 }, () => fetch(`${patient.url}/webhooks`, signedPush())))
    expect(honest.map((response) => response.status)).toEqual(honest.map(() => 202))
    expect(answered.filter((text) => text === '').length).toBeGreaterThan(0)
    for (const socket of slow) socket.destroy()
  })

  it('is refused for a body over the limit, told or not', async () => {
    const large = 'x'.repeat(1024 * 1024 + 1)
    expect(await refusal(signedPush(large))).toBe('413 http.body_too_large')
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    expect(await raw([...CLAIMED, 'transfer-encoding: chunked'], () => chunk)).toBe('413 http.body_too_large')
  })

  it('is refused for a compressed body, so that none unfolds', async () => {
    const bomb = gzipSync(Buffer.alloc(10 * 1024 * 1024))
    expect(await refusal({ ...signedPush(undefined, { 'content-encoding': 'gzip' }), body: new Uint8Array(bomb) })).toBe('415 http.content_encoding')
  })

  it('is refused for a body that does not come', async () => {
    await using quick = await openIngressDoor({ limits: { bodyTimeoutMs: 500 } })
    const answer = await sendRaw(quick.url, { head: [...CLAIMED, 'content-length: 100'] })
    expect([answer.status, answer.code]).toEqual([408, 'http.body_timeout'])
  })

  it('is refused for headers that do not come', async () => {
    await using quick = await openIngressDoor({ listen: { headersTimeoutMs: 300, requestTimeoutMs: 400 } })
    const answer = await sendRaw(quick.url, { head: ['POST /webhooks HTTP/1.1'], open: true })
    expect([answer.status, answer.code]).toEqual([408, 'http.request_timeout'])
  })

  it('is refused while too many large bodies are being read', async () => {
    await using narrow = await openIngressDoor({ limits: { bufferedBytes: 18_000 } })
    const response = await fetch(`${narrow.url}/webhooks`, signedPush('x'.repeat(2000)))
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1'])
    expect((await fetch(`${narrow.url}/webhooks`, signedPush())).status).toBe(202)
  })

  it('is refused for a header that came twice', async () => {
    const { body, headers } = signedPush()
    const sent = { ...headers, 'content-length': String(Buffer.byteLength(body)) }
    const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}`)
    const parts = [body]
    const second = `x-hub-signature-256: sha256=${'0'.repeat(64)}`
    expect(await raw(['POST /webhooks HTTP/1.1', ...lines, second], () => parts.pop())).toBe('400 http.duplicate_header')
  })
})
