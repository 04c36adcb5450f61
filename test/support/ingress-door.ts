import { createHmac, randomUUID } from 'node:crypto'
import { createStartToken, createTokenCheck } from '@vartrack/auth'
import type { Bundle, Platform, Rule } from '@vartrack/bundle'
import { createIngress, type IngressDependencies, type IngressLimits, type ListenOptions, listen } from '@vartrack/ingress'
import { createProducer, type Producer } from '@vartrack/queues'
import { allRegistries } from '@vartrack/schemas'
import { createMask, type Mask } from '@vartrack/secrets'
import { createState, type State } from '@vartrack/state'
import { Redis } from 'ioredis'
import { redisDatabase } from '../servers/shared.js'
import { pushPayload } from './git-host-webhook.js'
import { sampleBundle, samplePlatform, sampleRule } from './samples.js'

export const SECRET = 'hook-secret-canary-4711'

/** As `RequestInit`, with plain headers. */
export type AskInit = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> }

/** The ingress alone, on a real Redis, open on loopback. */
export interface IngressDoor extends AsyncDisposable {
  readonly url: string
  readonly token: string
  readonly producer: Producer
  readonly state: State
  /** What was logged, oldest first. */
  readonly lines: { readonly level: string; readonly message: string; readonly fields: Record<string, unknown> }[]
  readonly outcomes: string[]
  bundle: Bundle
  /** Payloads of the plan jobs that wait or are delayed. */
  plans(): Promise<Record<string, unknown>[]>
  /** Asks API or board with the token. */
  ask(path: string, init?: AskInit): Promise<Response>
}

export interface IngressDoorOptions {
  /** Default: a database of the shared Redis. */
  readonly redisUrl?: string
  readonly bundle?: Partial<Bundle>
  readonly limits?: Partial<IngressLimits>
  readonly listen?: Partial<ListenOptions>
}

export async function openIngressDoor(options: IngressDoorOptions = {}): Promise<IngressDoor> {
  const settings = { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 2000, retryStrategy: () => 50, lazyConnect: true }
  const redis = new Redis(options.redisUrl ?? (await redisDatabase()), { ...settings, replyMapping: 'legacy' })
  redis.on('error', () => undefined)
  await redis.connect()
  const prefix = `{${randomUUID()}}`
  const producer = createProducer({ connection: redis, prefix, onError: () => undefined })
  const state = createState(redis, { prefix, onProblem: () => undefined })
  const { token, record } = createStartToken()
  const mask = createMask()
  const door = { bundle: { ...testBundle, ...options.bundle }, lines: [] as IngressDoor['lines'], outcomes: [] as string[] }
  const dependencies = dependenciesOf({
    door,
    producer,
    state,
    mask,
    tokenCheck: (given) => createTokenCheck(door.bundle.auth?.tokens ?? [record])(given),
  })
  const app = createIngress({ ...dependencies, ...(options.limits ? { limits: options.limits } : {}) })
  const front = await listen(app, { host: '127.0.0.1', port: 0, ...options.listen })
  const plans = async () =>
    (await (await producer.queue('plan')).getJobs(['waiting', 'delayed', 'prioritized'])).map((job) => job.data as Record<string, unknown>)
  const ask = (path: string, init: AskInit = {}) => {
    return fetch(`${front.url}${path}`, { redirect: 'manual', ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } })
  }
  const close = async () => {
    await front.close()
    await producer.close()
    redis.disconnect()
  }
  return Object.assign(door, { url: front.url, token, producer, state, plans, ask, [Symbol.asyncDispose]: close })
}

interface Parts {
  readonly door: Pick<IngressDoor, 'bundle' | 'lines' | 'outcomes'>
  readonly producer: Producer
  readonly state: State
  readonly mask: Mask
  readonly tokenCheck: IngressDependencies['tokenCheck']
}

function dependenciesOf({ door, producer, state, mask, tokenCheck }: Parts): IngressDependencies {
  const say = (level: string) => (fields: Record<string, unknown>, message: string) => void door.lines.push({ level, message, fields })
  return {
    bundle: () => door.bundle,
    registries: () => allRegistries({ bundle: door.bundle, environment: new Map(), baseDir: '/' }),
    producer,
    state,
    ledgerKeys: async (ledger) => ledger.toString().split(','),
    tokenCheck,
    loopbackOnly: () => door.bundle.auth === undefined,
    secret: async (reference) => {
      if (typeof reference !== 'string') throw new Error('the tests give secrets as text')
      mask.add(reference)
      return reference
    },
    reload: async () => door.bundle,
    alive: async () => undefined,
    mask,
    metrics: { webhook: (platform, status) => void door.outcomes.push(`${platform} ${status}`) },
    log: { info: say('info'), warn: say('warn'), error: say('error') },
  }
}

export interface SignedDelivery {
  readonly method: 'POST'
  readonly body: string
  readonly headers: Record<string, string>
}

/** A delivery as GitHub sends it; headers can be replaced or taken out with `undefined`. */
export function signedPush(
  payload: Record<string, unknown> | string = pushPayload(testPush),
  headers: Record<string, string | undefined> = {},
  secret: string = SECRET,
): SignedDelivery {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
  const all = {
    'content-type': 'application/json',
    'x-github-event': 'push',
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    ...headers,
  }
  return {
    method: 'POST',
    body,
    headers: Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)),
  }
}

export const testPush = { url: 'https://github.com', repo: 'acme/app', ref: 'refs/heads/main', before: 'a'.repeat(40), after: 'b'.repeat(40) }

export const testPlatform: Platform = { ...samplePlatform, secret: SECRET }

const testRule: Rule = { ...sampleRule, excludeRepositories: ['acme/legacy-*'], selfHeal: true }

const testBundle: Bundle = {
  ...sampleBundle,
  platforms: [testPlatform],
  datasources: [
    { name: 'redis', type: 'redis', options: { password: SECRET }, printable: { host: 'cache', password: '***' } },
    { name: 'mongo', type: 'mongo', options: {}, printable: {} },
  ],
  rules: [testRule],
}
