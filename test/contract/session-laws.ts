import { randomBytes } from 'node:crypto'
import type { Head, Session } from '@vartrack/sink-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AWKWARD, asStored, changesOf, entriesOf, textsOf } from './entries.js'
import { persistently } from './persistently.js'
import { newLocation, openSession, type Store } from './store.js'

export const SOURCE = 'github/acme/app'
/** Of two simultaneous updates of one document FerretDB lets both win, but not every time. */
const ROUNDS = 4

/** A head such as the engine makes. */
export function headOf(generation: number, fields: Partial<Head> = {}): Head {
  const commit = generation.toString(16).padStart(40, '0')
  const given = { source: SOURCE, ref: 'refs/heads/main', environment: 'production', digest: `digest-${generation}`, entries: 1 }
  return { ...given, generation, commit, journal: generation, writtenAt: '2026-01-01T00:00:00.000Z', ...fields }
}

/** What every session keeps, whatever the store: reading, writing, fence, journals, limits, refusals. */
export function sessionLaws(start: () => Promise<Store>): void {
  let store: Store
  let session: Session
  const { signal } = new AbortController()

  beforeAll(async () => {
    store = await start()
    session = await openSession(store)
  })
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]()
    await store?.[Symbol.asyncDispose]()
  })

  const write = (
    location: string,
    head: Head,
    expected: Head | null,
    puts = {},
    deletes: string[] = [],
    journal: Buffer | null = Buffer.from('journal'),
  ) => session.write(location, { changes: changesOf(puts, deletes), head, journal, expected }, signal)

  describe('reading and writing', () => {
    it('takes a place that is not there for an empty one', async () => {
      const location = newLocation(store)
      expect(await session.heads(location, signal)).toEqual([])
      expect(entriesOf(await session.read(location, 'all', signal))).toEqual({})
      expect(entriesOf(await session.read(location, ['a'], signal))).toEqual({})
      expect(await session.journal(location, SOURCE, 1, signal)).toBeNull()
    })

    it('gives back what was written, to the letter', async () => {
      const location = newLocation(store)
      const result = await write(location, headOf(1), null, AWKWARD)
      expect(result).toEqual({ put: Object.keys(AWKWARD).length, deleted: 0 })
      for (const keys of ['all', Object.keys(AWKWARD)] as const) {
        const frame = await session.read(location, keys, signal)
        expect(entriesOf(frame)).toEqual(asStored(AWKWARD, store))
      }
    })

    it('reads the named keys only', async () => {
      const location = newLocation(store)
      await write(location, headOf(1), null, { a: ['string', '1'], b: ['string', '2'] })
      expect(textsOf(await session.read(location, ['b', 'missing'], signal))).toEqual({ b: '2' })
    })

    it('deletes what it is told to, and counts it', async () => {
      const location = newLocation(store)
      await write(location, headOf(1), null, { a: ['string', '1'], b: ['string', '2'] })
      const result = await write(location, headOf(2), headOf(1), {}, ['a', 'never there'])
      expect(result.deleted).toBe(1)
      expect(textsOf(await session.read(location, 'all', signal))).toEqual({ b: '2' })
    })

    it('leaves what others put there as it is', async () => {
      const location = newLocation(store)
      await store.tamper(location, { foreign: 'mine', 'another.foreign': 'also mine' })
      await write(location, headOf(1), null, { own: ['string', '1'] })
      await write(location, headOf(2), headOf(1), {}, ['own'])
      expect(textsOf(await session.read(location, 'all', signal))).toEqual({ foreign: 'mine', 'another.foreign': 'also mine' })
    })

    it('sees what somebody changed by hand', async () => {
      const location = newLocation(store)
      await write(location, headOf(1), null, { a: ['string', '1'], b: ['string', '2'] })
      await store.tamper(location, { a: 'changed', b: null, c: 'added' })
      expect(textsOf(await session.read(location, 'all', signal))).toEqual({ a: 'changed', c: 'added' })
    })

    it('takes over a key that somebody else had made', async () => {
      const location = newLocation(store)
      await store.tamper(location, { a: 'by hand' })
      await write(location, headOf(1), null, { a: ['string', 'from Git'] })
      expect(textsOf(await session.read(location, 'all', signal))).toEqual({ a: 'from Git' })
    })

    it('carries a value of 1 MB, or the most the store takes, among as many keys as the server takes in good time', async () => {
      const location = newLocation(store)
      const large = 'x'.repeat(Math.min(1024 * 1024, store.valueBytes))
      const many = Object.fromEntries(Array.from({ length: store.manyKeys }, (_, index) => [`many.${index}`, ['string', `value ${index}`] as const]))
      await write(location, headOf(1), null, { large: ['string', large], ...many })
      const texts = textsOf(await session.read(location, 'all', signal))
      expect(Object.keys(texts)).toHaveLength(store.manyKeys + 1)
      expect(texts.large === large).toBe(true)
      expect(texts['many.19']).toBe('value 19')
    })
  })

  describe('heads and fence', () => {
    it('keeps one head for each source, exactly as given', async () => {
      const location = newLocation(store)
      const other = headOf(5, { source: 'gitea/acme/other', ref: 'refs/tags/v1' })
      await write(location, headOf(1), null, { a: ['string', '1'] })
      await write(location, other, null, { b: ['string', '2'] })
      const heads = await session.heads(location, signal)
      expect(heads.toSorted((one, two) => one.generation - two.generation)).toEqual([headOf(1), other])
    })

    it('refuses a lower generation and writes nothing', async () => {
      const location = newLocation(store)
      await write(location, headOf(2), null, { a: ['string', 'new'] })
      await expect(write(location, headOf(1), null, { a: ['string', 'old'], b: ['string', 'old'] })).rejects.toMatchObject({ code: 'fence.stale' })
      await expect(write(location, headOf(1), headOf(2), { a: ['string', 'old'] })).rejects.toMatchObject({ code: 'fence.stale' })
      expect(textsOf(await session.read(location, 'all', signal))).toEqual({ a: 'new' })
      expect(await session.heads(location, signal)).toEqual([headOf(2)])
    })

    it('refuses an equal generation with another release', async () => {
      const location = newLocation(store)
      await write(location, headOf(2), null, { a: ['string', 'one'] })
      const other = headOf(2, { digest: 'another' })
      await expect(write(location, other, headOf(2), { a: ['string', 'two'] })).rejects.toMatchObject({ code: 'fence.conflict' })
      expect(textsOf(await session.read(location, 'all', signal))).toEqual({ a: 'one' })
    })

    it('takes the same write twice', async () => {
      const location = newLocation(store)
      await write(location, headOf(2), null, { a: ['string', 'one'] })
      await write(location, headOf(2), headOf(2), { a: ['string', 'one'] })
      expect(textsOf(await session.read(location, 'all', signal))).toEqual({ a: 'one' })
    })

    it('refuses a write whose aim has moved', async () => {
      const location = newLocation(store)
      await write(location, headOf(1), null, { a: ['string', 'one'] })
      await write(location, headOf(2), headOf(1), { a: ['string', 'two'] })
      await expect(write(location, headOf(3), headOf(1), { a: ['string', 'three'] })).rejects.toMatchObject({ code: 'fence.moved' })
      expect(textsOf(await session.read(location, 'all', signal))).toEqual({ a: 'two' })
    })

    it('lets one of many writers of a generation win, whole', async () => {
      const location = newLocation(store)
      await write(location, headOf(1), null, { a: ['string', 'first'], b: ['string', 'first'] })
      const attempts = Array.from({ length: 8 }, (_, index) => {
        const value = ['string', `writer ${index}`] as const
        return write(location, headOf(2 + index), headOf(1), { a: value, b: value })
      })
      const results = await Promise.allSettled(attempts)
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
      const texts = textsOf(await session.read(location, 'all', signal))
      const [head] = await session.heads(location, signal)
      expect(texts.a).toBe(texts.b)
      expect(texts.a).toBe(`writer ${(head?.generation ?? 0) - 2}`)
    })

    it('lets sources write side by side, again and again, and loses nothing of any', async () => {
      const location = newLocation(store)
      const sources = Array.from({ length: 6 }, (_, index) => `github/acme/app-${index}`)
      const round = (generation: number) =>
        sources.map((source, index) => {
          const expected = generation === 1 ? null : headOf(generation - 1, { source })
          const puts = { [`key.${index}`]: ['string', `${source} ${generation}`] }
          return persistently(() => write(location, headOf(generation, { source }), expected, puts))
        })
      for (let generation = 1; generation <= ROUNDS; generation++) {
        await Promise.all(round(generation))
        expect(Object.values(textsOf(await session.read(location, 'all', signal))).toSorted()).toEqual(
          sources.map((source) => `${source} ${generation}`),
        )
      }
      expect(await session.heads(location, signal)).toHaveLength(sources.length)
    })
  })

  describe('journals', () => {
    it('keeps the journal of a write and of the one before, and drops older ones', async () => {
      const location = newLocation(store)
      const [first, second, third] = [randomBytes(3_000_000), randomBytes(3_000_000), randomBytes(3_000_000)]
      await write(location, headOf(1), null, {}, [], first)
      await write(location, headOf(2), headOf(1), {}, [], second)
      expect((await session.journal(location, SOURCE, 1, signal))?.equals(first)).toBe(true)
      await write(location, headOf(3), headOf(2), {}, [], third)
      expect((await session.journal(location, SOURCE, 3, signal))?.equals(third)).toBe(true)
      expect((await session.journal(location, SOURCE, 2, signal))?.equals(second)).toBe(true)
      expect(await session.journal(location, SOURCE, 1, signal)).toBeNull()
      const { heads, begun, journal } = await session.standing(location, SOURCE, 2, signal)
      expect([heads, begun, journal?.equals(second)]).toEqual([[headOf(3)], null, true])
    })

    it('moves a head without touching its journal', async () => {
      const location = newLocation(store)
      await write(location, headOf(1), null, { a: ['string', '1'] }, [], Buffer.from('kept'))
      const moved = headOf(2, { journal: 1, digest: 'digest-1' })
      await write(location, moved, headOf(1), {}, [], null)
      expect(await session.heads(location, signal)).toEqual([moved])
      expect((await session.journal(location, SOURCE, 1, signal))?.toString()).toBe('kept')
    })

    it('does not show journals and heads as values', async () => {
      const location = newLocation(store)
      await write(location, headOf(1), null, { a: ['string', '1'] })
      expect(Object.keys(textsOf(await session.read(location, 'all', signal)))).toEqual(['a'])
    })
  })

  describe('limits and refusals', () => {
    it('takes a value and a key at the limit and refuses one byte more, with nothing written', async () => {
      const { keyBytes, valueBytes } = store.sink.traits.limits
      const location = newLocation(store)
      const value = 'v'.repeat(Math.min(store.valueBytes, 4 * 1024 * 1024))
      await write(location, headOf(1), null, { ['k'.repeat(keyBytes)]: ['string', 'x'], large: ['string', value] })
      expect(textsOf(await session.read(location, 'all', signal)).large?.length).toBe(value.length)
      const tooLong = { a: ['string', 'x'], ['k'.repeat(keyBytes + 1)]: ['string', 'x'] }
      await expect(write(location, headOf(2), headOf(1), tooLong)).rejects.toMatchObject({ code: 'sink.limit' })
      const tooLarge = { a: ['string', 'x'], b: ['string', 'v'.repeat(valueBytes + 1)] }
      await expect(write(location, headOf(2), headOf(1), tooLarge)).rejects.toMatchObject({ code: 'sink.limit', place: { key: 'b' } })
      expect(await session.heads(location, signal)).toEqual([headOf(1)])
    })

    it('stops when it is called off', async () => {
      const location = newLocation(store)
      const aborted = AbortSignal.abort()
      await expect(session.read(location, 'all', aborted)).rejects.toMatchObject({ code: 'sink.aborted' })
      const request = { changes: changesOf({ a: ['string', '1'] }), head: headOf(1), journal: null, expected: null }
      await expect(session.write(location, request, aborted)).rejects.toMatchObject({ code: 'sink.aborted' })
      expect(await session.heads(location, signal)).toEqual([])
    })
  })
}
