import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectUnharmed, heldBy, onceOf, rawDelivery } from '../support/attack.js'
import { type Chain, startChain } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { pushPayload } from '../support/git-host.js'
import { type SignedDelivery, signedPush } from '../support/ingress-door.js'
import { openRaw, type RawRequest, sendRaw } from '../support/raw-http.js'

const LIMIT = 65_536
const SLOW_HEADERS = 'POST /webhooks HTTP/1.1\r\nhost: a\r\nx-'
/** What anybody can say without the secret. */
const CLAIMED = ['content-type: application/json', 'x-github-event: push', 'x-github-delivery: 1', `x-hub-signature-256: sha256=${'0'.repeat(64)}`]
const SLOW_BODY = ['POST /webhooks HTTP/1.1', 'host: a', ...CLAIMED, 'content-length: 9', '', '{'].join('\r\n')
let chain: Chain
let payload: Record<string, unknown>
let secret: string

beforeAll(async () => {
  chain = await startChain({
    name: 'webhooks',
    bundle: ({ gitUrl, servers }) => `bundle: {
      max_webhook_body_bytes: ${LIMIT}
      platforms: [
        {github: {endpoint: "${gitUrl}", secret: {env: "HOOK_SECRET"}}},
        {gitea: {endpoint: "https://gitea.test", secret: {env: "NOT_SET"}}},
        {github: {tag: "other", endpoint: "https://other.test", secret: "the-secret-of-another-tenant"}},
      ]
      datasources: [
        {redis: {host: "127.0.0.1", port: ${servers.redis.port}, db: 1}},
        {mongo: {endpoint: "${servers.mongo.url}", database: "vartrack"}},
        {zookeeper: {hosts: ["${servers.zookeeper.url}"]}},
      ]
      _common: {platform: "github", repositories: ["acme/*"], file_name: "configs/app.yaml", branch_map: {main: "production"}, prune: true}
      rules: [
        {_common, datasource: "redis", destination_template: "{env}:webhooks"},
        {_common, datasource: "mongo", destination_template: "{env}-webhooks"},
        {_common, datasource: "zookeeper", destination_template: "/{env}/webhooks"},
      ]
    }`,
  })
  secret = chain.host.webhook?.secret ?? ''
  payload = pushPayload({ url: chain.host.url, repo: 'acme/webhooks', ref: 'refs/heads/main', before: undefined, after: 'b'.repeat(40) })
  await chain.repository.commitFiles('main', { 'configs/app.yaml': 'first: 1\n' })
  await chain.eventuallyEverywhere({ first: '1' })
}, 120_000)
afterAll(() => chain?.[Symbol.asyncDispose]())

const signed = (change: Record<string, unknown> = {}, headers: Record<string, string | undefined> = {}, key = secret): SignedDelivery =>
  signedPush({ ...payload, ...change }, headers, key)
/** As a platform would sign whose secret varTrack cannot read. */
const ofGitea = (): SignedDelivery =>
  signed({}, { 'x-github-event': undefined, 'x-gitea-event': 'push', 'x-gitea-delivery': '1', 'x-gitea-signature': 'a'.repeat(64) })
const named = (full_name: string): SignedDelivery => signed({ repository: { ...(payload.repository as object), full_name } })
const besides = (change: Record<string, unknown>): SignedDelivery => signed({ repository: { ...(payload.repository as object), ...change } })
const pullRequest = (head: string): SignedDelivery =>
  signed(
    { action: 'opened', number: 1, pull_request: { head: { ref: head, sha: 'c'.repeat(40) }, base: { ref: 'main' } } },
    { 'x-github-event': 'pull_request' },
  )
const signedBody = (body: string): SignedDelivery => signedPush(body, {}, secret)
/** Status and code; whoever is refused is told what it is and what to do, and nothing of the inside. */
const asked = async (request: RawRequest): Promise<string> => {
  const { status, code, text } = await sendRaw(chain.varTrack.url, request)
  expect(text).not.toContain(secret)
  expect(text).not.toMatch(/\n\s+at |\.js:\d/)
  if (status >= 400) expectTold(text)
  return `${status} ${code}`
}
const expectTold = (text: string): void => {
  const { error } = JSON.parse(text.slice(text.indexOf('{'))) as { error: { code: string; message: string; remedy: string } }
  expect(error.message).toMatch(/\w/)
  expect(error.remedy).toMatch(/\w/)
  if (error.code === 'webhook.payload') expect(error.message).toMatch(/ event: [a-z_.]+: \w/)
}
const accepted = (): number => chain.varTrack.log().filter((each) => each.msg === 'delivery accepted').length
/** No job of what a group of tests sends, and no write. */
const leavesNothing = (): void => {
  let before: readonly [number, unknown]
  beforeAll(async () => {
    before = [accepted(), await heldBy(chain)]
  })
  it('leaves nothing behind: no job, no write', async () => expect([accepted(), await heldBy(chain)]).toEqual(before))
}
const line = (...head: string[]): RawRequest => ({ head: ['POST /webhooks HTTP/1.1', ...head] })
const sha1 = (): string => `sha1=${createHmac('sha1', secret).update(JSON.stringify(payload)).digest('hex')}`
const nested = (open: string, close: string): string => `{"a":${open.repeat(10_000)}1${close.repeat(10_000)}}`

const twice = (second: string): RawRequest => {
  const { head, body } = rawDelivery(signed())
  return { head: [...head, second], ...(body ? { body } : {}) }
}
const compressed = (): RawRequest => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024)).subarray(0, LIMIT)
  return { ...line(...CLAIMED, 'content-encoding: gzip', `content-length: ${bomb.length}`), body: onceOf(bomb) }
}
const padded = (bytes: number): SignedDelivery => {
  const bare = JSON.stringify({ ...payload, padding: '' })
  return signedBody(JSON.stringify({ ...payload, padding: 'x'.repeat(bytes - Buffer.byteLength(bare)) }))
}

describe('a delivery that nobody should trust', () => {
  it.each<[string, () => SignedDelivery, string]>([
    ['without a signature', () => signed({}, { 'x-hub-signature-256': undefined }), '401 webhook.signature_missing'],
    ['with half a signature', () => signed({}, { 'x-hub-signature-256': `sha256=${'a'.repeat(32)}` }), '401 webhook.signature_malformed'],
    ['with a right SHA-1 signature', () => signed({}, { 'x-hub-signature-256': undefined, 'x-hub-signature': sha1() }), '401 webhook.signature_sha1'],
    ['with SHA-1 where SHA-256 belongs', () => signed({}, { 'x-hub-signature-256': sha1() }), '401 webhook.signature_sha1'],
    ['signed with another secret', () => signed({}, {}, 'guessed'), '401 webhook.signature_wrong'],
    ["signed with another tenant's secret", () => signed({}, {}, 'the-secret-of-another-tenant'), '401 webhook.signature_wrong'],
    ['of a body that was changed on its way', () => ({ ...signed(), body: JSON.stringify(signed()) }), '401 webhook.signature_wrong'],
    [
      'whose repository is said to lie elsewhere',
      () => signed({ repository: { full_name: 'acme/webhooks', html_url: 'http://169.254.169.254/acme/webhooks' } }),
      '404 webhook.platform_unknown',
    ],
    ['for a platform whose secret cannot be read', ofGitea, '503 webhook.secret_unavailable'],
    ['for a datasource that is none', () => signed(), '404 webhook.datasource_unknown'],
  ])('is refused: %s', async (what, delivery, expected) => {
    const path = what.includes('datasource') ? '/webhooks/..%2f%00' : '/webhooks'
    expect(await asked(rawDelivery(delivery(), path))).toBe(expected)
  })
  leavesNothing()
})

describe('a signed delivery that is none', () => {
  it.each<[string, () => SignedDelivery, string]>([
    ['a number as ref', () => signed({ ref: 7 }), '400 webhook.payload'],
    ['a list as repository', () => signed({ repository: ['acme/webhooks'] }), '400 webhook.platform_ambiguous'],
    ['a map as commit', () => signed({ after: {} }), '400 webhook.payload'],
    ['a ref with a newline', () => signed({ ref: 'refs/heads/a\nX-Evil: 1' }), '400 webhook.payload'],
    ['a ref with a terminal escape', () => signed({ ref: 'refs/heads/\u001b[31m' }), '400 webhook.payload'],
    ['a ref with half a character', () => signed({ ref: 'refs/heads/a\ud800' }), '400 webhook.payload'],
    ['a ref no Git would take', () => signed({ ref: 'refs/heads/a b' }), '400 webhook.payload'],
    ['a ref of 513 bytes', () => signed({ ref: `refs/heads/${'ä'.repeat(251)}` }), '400 webhook.payload'],
    ['a default branch with half a character', () => besides({ default_branch: '\udfff' }), '400 webhook.payload'],
    ['a default branch with NUL', () => besides({ default_branch: 'a\0' }), '400 webhook.payload'],
    ['a pull request from half a character', () => pullRequest('a\ud800'), '400 webhook.payload'],
    ['a pull request from a terminal escape', () => pullRequest('a\u001b[2J'), '400 webhook.payload'],
    ['a pull request from 4 KB', () => pullRequest('a'.repeat(4096)), '400 webhook.payload'],
    ['a repository with half a character', () => named('acme/a\ud800'), '400 webhook.payload'],
    ['a repository of 305 letters', () => named(`acme/${'a'.repeat(300)}`), '400 webhook.payload'],
    ['an option as ref', () => signed({ ref: '--upload-pack=touch /tmp/owned' }), '400 webhook.payload'],
    ['an option as repository', () => named('-u/x'), '400 webhook.payload'],
    ['a repository that climbs', () => named('acme/../../etc'), '400 webhook.payload'],
    ['a repository that is a template', () => named('acme/{env.__class__}'), '400 webhook.payload'],
    ['lists 10,000 deep', () => signedBody(nested('[', ']')), '400 http.json'],
    ['maps 10,000 deep', () => signedBody(nested('{"a":', '}')), '400 http.json'],
    ['a __proto__ key', () => signedBody(`{"__proto__":{"a":1},${JSON.stringify(payload).slice(1)}`), '400 http.json'],
    ['a __proto__ key in escapes', () => signedBody(`{"_\\u005fpro\\u0074o__":{"a":1},${JSON.stringify(payload).slice(1)}`), '400 http.json'],
    ['a __proto__ key far inside', () => signed({ commits: [JSON.parse('{"__proto__":1}')] }), '400 http.json'],
    ['broken JSON', () => signedBody('{"ref":'), '400 http.json'],
    ['two documents', () => signedBody(`${JSON.stringify(payload)}{}`), '400 http.json'],
    ['a form', () => signed({}, { 'content-type': 'application/x-www-form-urlencoded' }), '415 http.content_type'],
    ['an id of two words', () => signed({}, { 'x-github-delivery': 'a b' }), '400 webhook.delivery_id'],
  ])('is refused: %s', async (_, delivery, expected) => {
    expect(await asked(rawDelivery(delivery()))).toBe(expected)
  })
  leavesNothing()
})

describe('a request that is hardly one', () => {
  it.each<[string, () => RawRequest, string]>([
    ['a signature twice', () => twice('x-hub-signature-256: sha256=00'), '400 http.duplicate_header'],
    ['an event twice', () => twice('x-github-event: ping'), '400 http.duplicate_header'],
    ['two lengths', () => line('content-length: 2', 'content-length: 3'), '400 http.malformed'],
    ['a length and chunks', () => line('content-length: 2', 'transfer-encoding: chunked'), '400 http.malformed'],
    ['a negative length', () => line('content-length: -1'), '400 http.malformed'],
    ['a header with a blank in its name', () => line('bad header: x'), '400 http.malformed'],
    ['a method nobody knows', () => ({ head: ['FOO /webhooks HTTP/1.1'] }), '400 http.malformed'],
    ['headers of 20 KB', () => line(`x: ${'y'.repeat(20_000)}`), '431 http.headers_too_large'],
    ['chunks that are none', () => ({ ...line(...CLAIMED, 'transfer-encoding: chunked'), body: onceOf('zz\r\n') }), '400 http.malformed'],
    ['a compressed body', () => compressed(), '415 http.content_encoding'],
    ['GET', () => ({ head: ['GET /webhooks HTTP/1.1'] }), '405 http.method'],
  ])('is refused: %s', async (_, request, expected) => {
    expect(await asked(request())).toBe(expected)
  })
  leavesNothing()
})

describe('a body', () => {
  it('of the very limit is taken', async () => expect(await asked(rawDelivery(padded(LIMIT)))).toMatch(/^202/))
  it('of one byte more is refused before it is read', async () => {
    const { head } = rawDelivery(padded(LIMIT + 1))
    expect(await asked({ head })).toBe('413 http.body_too_large')
  })
  it('of chunks without an end is refused at the limit', async () => {
    let left = 2 * LIMIT
    const body = () => {
      left -= 0x1000
      return left < 0 ? undefined : `1000\r\n${'x'.repeat(0x1000)}\r\n`
    }
    expect(await asked({ ...line(...CLAIMED, 'transfer-encoding: chunked'), body })).toBe('413 http.body_too_large')
  })
})

describe('many requests', () => {
  it('of one delivery, 100 times, plan once', async () => {
    const delivery = signed()
    const url = `${chain.varTrack.url}/webhooks`
    const first = await fetch(url, delivery)
    const others = await Promise.all(Array.from({ length: 100 }, async () => (await fetch(url, delivery)).json()))
    expect([first.status, new Set(others.map((answer) => (answer as { status: string }).status))]).toEqual([202, new Set(['replayed'])])
  })

  it('under new ids, 100 times, write nothing that the head does not say', async () => {
    const before = await heldBy(chain)
    const answers = await Promise.all(Array.from({ length: 100 }, () => fetch(`${chain.varTrack.url}/webhooks`, signed())))
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]))
    expect(await heldBy(chain)).toEqual(before)
  })

  it('that trickle in over 400 connections do not keep a delivery waiting', async () => {
    const slow = Array.from({ length: 400 }, () => openRaw(chain.varTrack.url))
    let ended = 0
    for (const socket of slow) socket.on('error', () => undefined).once('close', () => void ended++)
    for (const [index, socket] of slow.entries()) socket.write(index % 2 === 0 ? SLOW_HEADERS : SLOW_BODY)
    await eventually(() => slow.every((socket) => !socket.connecting))
    const started = performance.now()
    expect((await fetch(`${chain.varTrack.url}/webhooks`, signed())).status).toBe(202)
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(ended).toBe(0)
    for (const socket of slow) socket.destroy()
  })

  it('leave varTrack as it was', () => expectUnharmed(chain))
})
