import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askApi, changeSet } from '../support/admin-api.js'
import { ARRIVAL_MS, type Chain, startChain } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import type { HostedRepository } from '../support/git-host.js'

const SCHEMA = `#Config: {
	database: {
		host:     string
		port:     int & >0 & <65536
		password: string @secret()
	}
	level:  *"info" | "debug" @logger()
	token?: string @secret() @logger()
}
`
const CANARY = 'canary-f3b1c2'
const config = (port: string, level = 'info', rest = '') =>
  `vartrack:\n  production:\n    database:\n      host: db\n      port: ${port}\n      password: ${CANARY}\n    level: ${level}\n${rest}`
const entries = (port: string, level = 'info') => ({
  'database.host': 'db',
  'database.password': CANARY,
  'database.port': port,
  level,
})

describe('a release and the schema of its tenant', () => {
  let chain: Chain
  let registry: HostedRepository

  beforeAll(async () => {
    chain = await startChain({
      name: 'schemas',
      pollInterval: '1s',
      fields: 'schema_registry: {platform: "github", repo: "acme/cue", path: "schemas"}',
    })
    registry = await chain.host.createRepository('acme/cue')
    await registry.commitFiles('main', { 'schemas/configs/app.cue': SCHEMA, 'configs/app.cue': '#Config: {nothing: 1}\n' })
  }, 120_000)
  afterAll(() => chain?.[Symbol.asyncDispose]())

  const logged = (fits: (line: ReturnType<Chain['varTrack']['log']>[number]) => boolean) =>
    eventually(() => chain.varTrack.log().find(fits), { timeoutMs: ARRIVAL_MS })

  it('lets pass what meets it', async () => {
    await chain.repository.commitFiles('main', { 'configs/app.yaml': config('5432') })
    await chain.eventuallyEverywhere(entries('5432'))
  })

  it('refuses what does not, every field at once, each with its places, and writes nothing anywhere', async () => {
    const commit = await chain.repository.commitFiles('main', { 'configs/app.yaml': config('"many"', 'loud', '    colour: red\n') })
    const refused = await changeSet(chain.varTrack, ({ state, cause }) => state === 'refused' && cause === 'webhook')
    expect(refused.error).toMatchObject({ code: 'schema.violation', file: 'configs/app.yaml', line: 5 })
    expect(refused.error).toMatchObject({
      others: [
        { field: 'database.port', line: 5, column: 7, got: '"many"', schema: 'acme/cue/schemas/configs/app.cue:4:3' },
        { field: 'level', line: 7, column: 5, got: '"loud"' },
        { field: 'colour', line: 8, column: 5, got: '"red"' },
      ],
    })
    const line = await logged(({ field, code }) => code === 'schema.violation' && field === 'database.port')
    expect(line.msg).toMatch(/^configs\/app\.yaml:5:7: database\.port: expected uint.* got "many"/)
    expect(line.expected).toContain('int')
    expect((await chain.repository.head('refs/heads/main')) === commit).toBe(true)
    await chain.eventuallyEverywhere(entries('5432'))
  })

  it('tells a logged field with from and to, and of a secret one only that it changed', async () => {
    await chain.repository.commitFiles('main', { 'configs/app.yaml': config('5432', 'debug', `    token: ${CANARY}\n`) })
    await chain.eventuallyEverywhere({ ...entries('5432', 'debug'), token: CANARY })
    expect(await logged(({ key, datasource, to }) => key === 'level' && datasource === 'mongo' && to === 'debug')).toMatchObject({ from: 'info' })
    const secret = await logged(({ key, datasource }) => key === 'token' && datasource === 'redis')
    expect([secret['changed'], secret['from'], secret['to']]).toEqual([true, undefined, undefined])
  })

  it('masks a marked value in drift, in refusals, and wherever Redis keeps something', async () => {
    await chain.stores.redis.tamper('database.password', `${CANARY}-evil`)
    const drift = await logged(({ msg, datasource }) => datasource === 'redis' && msg.startsWith('drift: database.password changed'))
    expect(drift['entries']).toMatchObject([{ key: 'database.password', actual: '***', expected: '***' }])
    await chain.repository.commitFiles('main', { 'configs/app.yaml': config('5432').replace(CANARY, `[${CANARY}]`) })
    await logged(({ code, field }) => code === 'schema.violation' && String(field).startsWith('database.password'))
    expect(chain.varTrack.process.output()).not.toContain(CANARY)
    expect(await keysHolding(chain.redis.url, CANARY)).toEqual([])
  })

  it('validates again what it governs when the registry is pushed to', async () => {
    await chain.repository.commitFiles('main', { 'configs/app.yaml': config('5432') })
    await chain.eventuallyEverywhere(entries('5432'))
    await registry.commitFiles('main', { 'schemas/configs/app.cue': SCHEMA.replace('>0', '>6000') })
    const refused = await changeSet(chain.varTrack, ({ state, cause }) => state === 'refused' && cause === 'reload')
    expect(refused.error?.code).toBe('schema.violation')
    await chain.eventuallyEverywhere(entries('5432'))
  })

  it('ends a schema that never would in 5 s, while the process works on', async () => {
    const endless =
      'import "list"\n_n: list.Range(0, 1000, 1)\n_x: [for a in _n for b in _n for c in _n if a+b+c < 0 {a}]\n#Config: {database: _, level: len(_x), ...}\n'
    const began = Date.now()
    await registry.commitFiles('main', { 'schemas/configs/app.cue': endless })
    await logged(({ msg }) => msg.includes('the schema registry changed'))
    const answered: number[] = []
    const failed = logged(({ msg }) => /cue\.(timeout|memory)/.test(msg))
    const done = failed.then(() => true)
    while (!(await Promise.race([done, askHealth(chain, answered)]))) continue
    expect(Date.now() - began).toBeLessThan(10_000)
    expect(answered.length).toBeGreaterThan(3)
    expect(Math.max(...answered)).toBeLessThan(1_000)
    await chain.eventuallyEverywhere(entries('5432'))
  })

  it('only warns where the repository does not want it strict', async () => {
    await registry.commitFiles('main', { 'schemas/configs/app.cue': SCHEMA })
    await chain.repository.commitFiles('main', { 'configs/app.yaml': config('70000'), 'vartrack.json': '{"strict_validation": false}' })
    await chain.eventuallyEverywhere(entries('70000'))
    const { change_sets: all } = (await askApi(chain.varTrack, '/change-sets')) as { change_sets: { state: string; warnings?: unknown }[] }
    expect(all.find(({ warnings }) => warnings !== undefined)).toMatchObject({
      state: expect.not.stringContaining('refused'),
      warnings: [{ code: 'schema.violation', field: 'database.port', line: 5 }],
    })
  })
})

/** How long the health door took, noted; false, so that it can be asked again. */
async function askHealth(chain: Chain, answered: number[]): Promise<false> {
  const began = performance.now()
  await fetch(`${chain.varTrack.adminUrl}/health/liveness`)
  answered.push(performance.now() - began)
  return false
}

/** Keys of varTrack's own Redis that hold a text, but for the releases themselves: they are what is written. */
async function keysHolding(url: string, text: string): Promise<string[]> {
  const redis = new Redis(url)
  try {
    const keys = (await redis.keys('*')).filter((key) => !key.includes(':state:release:'))
    const dumps = await Promise.all(keys.map(async (key) => [key, JSON.stringify(await contentOf(redis, key)) ?? ''] as const))
    expect(dumps.length).toBeGreaterThan(10)
    return dumps.filter(([, content]) => content.includes(text)).map(([key]) => key)
  } finally {
    redis.disconnect()
  }
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'hash':
      return redis.hgetall(key)
    case 'list':
      return redis.lrange(key, 0, -1)
    case 'set':
      return redis.smembers(key)
    case 'zset':
      return redis.zrange(key, 0, '-1')
    case 'stream':
      return redis.xrange(key, '-', '+')
    default:
      return (await redis.getBuffer(key))?.toString('latin1')
  }
}
