import { type CompileOptions, loadCore } from '@vartrack/core'
import type { State } from '@vartrack/state'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startRedis } from '../servers/redis.js'
import type { RunningServer } from '../servers/running-server.js'
import { sampleCompileOptions, sampleTarget } from '../support/samples.js'
import { withTestState } from '../support/test-state.js'
import { openMarks } from './marks.js'
import { openPlaces, type Places } from './places.js'

const OPTIONS: CompileOptions = sampleCompileOptions
const PLACE = { datasource: 'redis', location: 'production:app' }

const core = loadCore()
let state: State
let server: RunningServer
let store: Redis
let places: Places

withTestState((opened) => {
  state = opened.fresh()
})
beforeEach(async () => {
  server = await startRedis()
  store = new Redis(server.port, { db: 1 })
  places = openPlaces({ redis: server, mongo: server, zookeeper: server }, openMarks(state))
})
afterEach(async () => {
  await places[Symbol.asyncDispose]()
  store.disconnect()
  await server.stop()
})

/** As varTrack leaves it: the values in the store, and the release with the marks of its schema in the state. */
async function write(id: string, values: Readonly<Record<string, string>>, secrets: readonly string[]): Promise<void> {
  const release = await core.compile(Buffer.from(JSON.stringify(values)), 'json', OPTIONS)
  const marks = secrets.map((field) => ({ field, secret: true, logged: false }))
  const { frame, digest } = await core.annotate(release.frame, marks)
  await state.putRelease(digest, frame)
  const changeSet = { id, correlation: 'c', cause: 'webhook', platform: 'github', repo: 'acme/app', ref: 'refs/heads/main' } as const
  await state.putChangeSet({ ...changeSet, createdAt: new Date().toISOString(), state: 'settled', targets: [{ ...sampleTarget, digest }] })
  await store.del(PLACE.location)
  await store.hset(PLACE.location, values)
}

describe('what the demo tells of a place', () => {
  it('has *** for a value that a schema marks, when it comes, changes, is looked at and goes', async () => {
    await write('1', { host: 'db', password: 'hunter2' }, ['password'])
    expect(await places.changes(PLACE, '1')).toEqual(['+ host = db', '+ password = ***'])
    await write('2', { host: 'db-2', password: 'hunter3' }, ['password'])
    expect(await places.changes(PLACE, '2')).toEqual(['~ host = db-2 (was db)', '~ password = *** (was ***)'])
    expect(await places.all()).toEqual([{ place: PLACE, entries: { host: 'db-2', password: '***' } }])
    await write('3', { host: 'db-2' }, [])
    expect(await places.changes(PLACE, '3')).toEqual(['- password (was ***)'])
  })

  it('has *** for what was secret until now, and for what has become it', async () => {
    await write('1', { old: 'hunter2', young: 'hunter3' }, ['old'])
    await places.changes(PLACE, '1')
    await write('2', { old: 'hunter4', young: 'hunter5' }, ['young'])
    expect(await places.changes(PLACE, '2')).toEqual(['~ old = *** (was ***)', '~ young = *** (was ***)'])
  })

  it('has *** for all of which nobody knows what a schema says', async () => {
    await write('1', { host: 'db' }, [])
    await store.hset(PLACE.location, 'stranger', 'hunter2')
    expect(await places.changes(PLACE, 'lost')).toEqual(['+ host = ***', '+ stranger = ***'])
  })
})
