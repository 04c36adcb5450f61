import type { Session } from '@vartrack/sink-kit'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changesOf, type Entries, textsOf } from './entries.js'
import { headOf, SOURCE } from './session-laws.js'
import { proxyBefore } from './steps/ground.js'
import { newLocation, openSession, type Store } from './store.js'
import { mongoStore } from './store-mongo.js'

const { signal } = new AbortController()
const request = (generation: number, puts: Entries, source = SOURCE) => ({
  changes: changesOf(puts),
  head: headOf(generation, { source }),
  journal: Buffer.from(`journal of ${generation}`),
  expected: generation === 1 ? null : headOf(generation - 1, { source }),
})
const many = (value: string): Entries => Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`key.${index}`, ['string', value]]))

describe('a write to FerretDB', () => {
  it('changes more keys than FerretDB can update in one command', async () => {
    await using store = await mongoStore('ferretdb')
    await using session = await openSession(store)
    const location = newLocation(store)
    await session.write(location, request(1, many('before')), signal)
    expect(await session.write(location, request(2, many('after')), signal)).toEqual({ put: 150, deleted: 0 })
    expect(new Set(Object.values(textsOf(await session.read(location, 'all', signal))))).toEqual(new Set(['after']))
  })
})

describe('a writer that goes on from what it has seen of a location', () => {
  let store: Store
  let session: Session
  let other: Session
  let client: MongoClient
  const byOthers = async (location: string, writes: number) => {
    for (let generation = 1; generation <= writes; generation++) {
      await other.write(location, request(generation, { theirs: ['string', String(generation)] }, 'gitea/acme/other'), signal)
    }
  }
  /** What a writer of the same generation leaves that is killed after its first step. */
  const enterAnother = async (location: string) => {
    const states = client.db('laws').collection<{ _id: string; revision: number; state: string }>('_vartrack')
    const [newest] = await states.find({ location }).sort({ _id: -1 }).limit(1).toArray()
    if (!newest) throw new Error('There is no state yet')
    const { _id, ...document } = newest
    const state = JSON.parse(newest.state)
    state.sources[0].pending = { generation: 2, digest: 'd', token: 'another' }
    const revision = newest.revision + 1
    await states.insertOne({ ...document, _id: `${location}\n${String(revision).padStart(12, '0')}`, revision, state: JSON.stringify(state) })
  }
  const looked = async (location: string, generation: number) => (await session.standing(location, SOURCE, generation, signal)).seen
  const own = (location: string, seen: unknown) => session.write(location, { ...request(1, { own: ['string', '1'] }), seen }, signal)

  beforeAll(async () => {
    store = await mongoStore('mongo-java')
    session = await openSession(store)
    other = await openSession(store)
    client = await new MongoClient(`mongodb://127.0.0.1:${store.port}/?directConnection=true`).connect()
  })
  afterAll(async () => {
    await client?.close()
    await session?.[Symbol.asyncDispose]()
    await other?.[Symbol.asyncDispose]()
    await store?.[Symbol.asyncDispose]()
  })

  it('looks again when another source has written meanwhile', async () => {
    const location = newLocation(store)
    const seen = await looked(location, 1)
    await byOthers(location, 1)
    await own(location, seen)
    expect(await session.heads(location, signal)).toHaveLength(2)
    expect(textsOf(await session.read(location, 'all', signal))).toEqual({ theirs: '1', own: '1' })
  })

  it('looks again when what it has seen speaks against the write', async () => {
    const location = newLocation(store)
    const seen = await looked(location, 2)
    await other.write(location, request(1, { own: ['string', '1'] }), signal)
    await session.write(location, { ...request(2, { own: ['string', '2'] }), seen }, signal)
    expect(await session.heads(location, signal)).toEqual([headOf(2)])
  })

  it('writes nothing when what it has seen is long gone, and then the next try writes', async () => {
    const location = newLocation(store)
    const seen = await looked(location, 1)
    await byOthers(location, 10)
    await expect(own(location, seen)).rejects.toMatchObject({ code: 'fence.moved', disposition: { kind: 'retry' } })
    expect(textsOf(await session.read(location, 'all', signal))).toEqual({ theirs: '10' })
    await own(location, await looked(location, 1))
    expect(textsOf(await session.read(location, 'all', signal))).toEqual({ theirs: '10', own: '1' })
  })

  it('writes nothing when another has begun since, for what it goes on from may be half of that', async () => {
    const location = newLocation(store)
    await other.write(location, request(1, { own: ['string', '1'] }), signal)
    const seen = await looked(location, 2)
    await enterAnother(location)
    await expect(session.write(location, { ...request(2, { own: ['string', '2'] }), seen }, signal)).rejects.toMatchObject({ code: 'fence.moved' })
    expect(textsOf(await session.read(location, 'all', signal))).toEqual({ own: '1' })
    const { begun, seen: now } = await session.standing(location, SOURCE, 2, signal)
    expect(begun).toBeNull()
    await session.write(location, { ...request(2, { own: ['string', '2'] }), seen: now }, signal)
    expect(await session.heads(location, signal)).toEqual([headOf(2)])
  })

  it('moves no head past a write that has begun since: that one would still arrive', async () => {
    const location = newLocation(store)
    await other.write(location, request(1, { own: ['string', '1'] }), signal)
    const seen = await looked(location, 2)
    await enterAnother(location)
    const onlyHead = { changes: changesOf({}), head: headOf(3), journal: null, expected: headOf(1), seen }
    await expect(session.write(location, onlyHead, signal)).rejects.toMatchObject({ code: 'fence.moved', disposition: { kind: 'retry' } })
    expect(await session.heads(location, signal)).toEqual([headOf(1)])
  })

  it('does not put its head over a newer one that came while it stood still', async () => {
    await using proxy = await proxyBefore(store)
    await using slow = await openSession(store, store.at(proxy.port))
    const newer = { changes: changesOf({}), head: headOf(3), journal: null, expected: headOf(1) }
    const moved = async (step: number) => {
      const location = newLocation(store)
      await other.write(location, request(1, { own: ['string', '1'] }), signal)
      const held = new Promise((resolve) => proxy.count({ step, after: 'answered', fate: 'held' }, () => resolve('held')))
      const ended = slow.write(location, request(2, { own: ['string', '2'] }), signal).catch(({ code }: { code: string }) => code)
      if ((await Promise.race([held, ended])) !== 'held') return false
      await other.write(location, newer, signal)
      proxy.letOn()
      expect(await ended).toBe('fence.stale')
      expect(await session.heads(location, signal)).toEqual([headOf(3)])
      return true
    }
    for (const step of [0, 1, 2, 3, 4, 5]) expect(await moved(step), `held after ${step} messages`).toBe(true)
  })

  it('leaves the journal of a later write alone that no state names yet', async () => {
    const location = newLocation(store)
    const chunks = client.db('laws').collection<{ _id: string; owner: string; generation: number }>('_vartrack_journals')
    await session.write(location, request(1, { own: ['string', '1'] }), signal)
    const owners = [...new Set((await chunks.find({ generation: 1 }).toArray()).map((chunk) => chunk.owner))]
    for (const each of owners) await chunks.insertOne({ _id: `early-${each}`, owner: each, generation: 9 })
    await session.write(location, request(2, { own: ['string', '2'] }), signal)
    expect(await chunks.countDocuments({ _id: { $regex: '^early-' } })).toBe(owners.length)
  })
})
