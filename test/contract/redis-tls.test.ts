import { randomBytes } from 'node:crypto'
import type { Session } from '@vartrack/sink-kit'
import { sinks } from '@vartrack/sinks'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRedis } from '../servers/index.js'
import { startRedisCluster } from '../servers/redis-cluster.js'
import { SENTINEL_MASTER, startRedisSentinels } from '../servers/redis-sentinels.js'
import { type Certificates, makeCertificates, tlsArguments } from '../servers/redis-tls.js'
import type { RunningServer } from '../servers/running-server.js'
import { freePort } from '../support/free-port.js'
import { changesOf, textsOf } from './entries.js'
import { failure } from './opening-laws.js'
import { headOf } from './session-laws.js'

const PASSWORD = 'canary-redis-password'

let certificates: Certificates
beforeAll(async () => {
  certificates = await makeCertificates()
})
afterAll(() => certificates?.[Symbol.asyncDispose]())

const own = () => ({ tls_cert: certificates.client.cert, tls_key: certificates.client.key })

describe('a Redis that asks its clients for certificates', () => {
  let server: RunningServer
  let port: number
  beforeAll(async () => {
    port = await freePort()
    server = await startRedis({ args: tlsArguments(certificates, port, 'yes') })
  })
  afterAll(() => server?.stop())

  const at = () => ({ host: '127.0.0.1', port, enable_tls: true, connect_timeout: '10s' })

  it.each(['HASH', 'STRING'] as const)('is written to and read over TLS as %s', async (structure) => {
    await expectRoundTrip({ ...at(), ...own(), tls_ca: certificates.ca, data_structure: structure })
  })

  it('is used without a look at its certificate where the bundle says so', async () => {
    await expectRoundTrip({ ...at(), ...own(), tls_verify: false })
  })

  it.each(['another CA', 'no CA'])('is refused when its certificate is signed by a stranger: %s', async (which) => {
    const ca = which === 'another CA' ? { tls_ca: certificates.otherCa } : {}
    const error = await failure(open({ ...at(), ...own(), ...ca }))
    expect(error).toMatchObject({ code: 'sink.unreachable', disposition: { kind: 'retry' } })
    expect(error.message).toContain('its certificate is not trusted')
  })

  it('refuses who has no certificate', async () => {
    const error = await failure(open({ ...at(), tls_ca: certificates.ca }))
    expect(error).toMatchObject({ code: 'sink.unreachable', disposition: { kind: 'retry' } })
  })

  it('is not asked at all with files that cannot be used', async () => {
    const missing = await failure(open({ ...at(), ...own(), tls_ca: '/nowhere/ca.crt' }))
    expect(missing).toMatchObject({ code: 'sink.tls_files', disposition: { kind: 'stall' } })
    expect(missing.message).toContain('tls_ca names /nowhere/ca.crt')
    const mixed = await failure(open({ ...at(), tls_cert: certificates.client.cert, tls_key: certificates.server.key }))
    expect(mixed).toMatchObject({ code: 'sink.tls_files', disposition: { kind: 'stall' } })
  })
})

it('a Redis cluster is written to over TLS, all its nodes', async () => {
  await using cluster = await startRedisCluster(certificates)
  const options = { hosts: cluster.hosts.slice(0, 1), deployment_mode: 'CLUSTER', enable_tls: true, tls_ca: certificates.ca }
  for (let place = 0; place < 8; place++) await expectRoundTrip(options)
  const error = await failure(open({ ...options, tls_ca: certificates.otherCa }))
  expect(error).toMatchObject({ code: 'sink.unreachable', disposition: { kind: 'retry' } })
})

it('a Redis under sentinels is found and written to over TLS', async () => {
  await using servers = await startRedisSentinels(PASSWORD, certificates)
  const deployment = { hosts: servers.hosts, deployment_mode: 'SENTINEL', sentinel_master: SENTINEL_MASTER, password: PASSWORD }
  await expectRoundTrip({ ...deployment, enable_tls: true, tls_ca: certificates.ca })
  const error = await failure(open({ ...deployment, enable_tls: true, tls_ca: certificates.otherCa }))
  expect(error).toMatchObject({ code: 'sink.unreachable', disposition: { kind: 'retry' } })
})

describe('a Redis with users of their own', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await startRedis()
    const admin = new Redis({ port: server.port, host: '127.0.0.1' })
    const commands = ['+ping', '+eval', '+hvals', '+hget', '+hgetall', '+hmget', '+hlen', '+hset', '+hdel', '+hkeys', '+type', '+pexpire']
    await admin.call('ACL', 'SETUSER', 'writer', 'on', `>${PASSWORD}`, '~tls-*', '~{tls-*}*', '-@all', ...commands)
    await admin.call('ACL', 'SETUSER', 'reader', 'on', `>${PASSWORD}`, '~*', '-@all', '+ping', '+@read')
    admin.disconnect()
  })
  afterAll(() => server?.stop())

  const as = (username: string) => ({ host: '127.0.0.1', port: server.port, username, password: PASSWORD })

  it('is written to by a user who may do no more than that', async () => {
    await expectRoundTrip(as('writer'))
  })

  it('stops a user at places and commands that are not allowed', async () => {
    const signal = AbortSignal.timeout(60_000)
    const request = { changes: changesOf({ a: ['string', '1'] }), head: headOf(1), journal: null, expected: null }
    for (const [user, location] of [
      ['writer', 'elsewhere'],
      ['reader', 'tls-reader'],
    ] as const) {
      await using session = await open(as(user))
      expect(await failure(session.write(location, request, signal))).toMatchObject({ code: 'sink.auth', disposition: { kind: 'stall' } })
    }
  })

  it('stops at an unknown user', async () => {
    expect(await failure(open(as('nobody')))).toMatchObject({ code: 'sink.auth', disposition: { kind: 'stall' } })
  })
})

function open(options: object): Promise<Session> {
  return sinks.redis.open(sinks.redis.options.parse(options), { secret, signal: AbortSignal.timeout(60_000) })
}

async function secret(reference: unknown): Promise<string> {
  return typeof reference === 'string' ? reference : ''
}

async function expectRoundTrip(options: object): Promise<void> {
  const signal = AbortSignal.timeout(60_000)
  const location = `tls-${randomBytes(6).toString('hex')}`
  await using session = await open(options)
  await session.write(location, { changes: changesOf({ a: ['string', '1'] }), head: headOf(1), journal: Buffer.from('j'), expected: null }, signal)
  expect(textsOf(await session.read(location, 'all', signal))).toEqual({ a: '1' })
  expect(await session.heads(location, signal)).toEqual([headOf(1)])
}
