import { FrameWriter, type Head, type Session } from '@vartrack/sink-kit'
import { Decimal128, type Document, Long, MongoClient, ObjectId } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changesOf, type Entries, entriesOf } from './entries.js'
import { headOf } from './session-laws.js'
import { newLocation, openSession, type Store } from './store.js'
import { mongoStore } from './store-mongo.js'

describe.each(['STRATEGY_DOCUMENT', 'STRATEGY_FILE'] as const)('documents that somebody else writes to as well, with %s', (strategy) => {
  let store: Store
  let session: Session
  let client: MongoClient
  const { signal } = new AbortController()

  beforeAll(async () => {
    store = await mongoStore('mongo-java', strategy)
    session = await openSession(store)
    client = await new MongoClient(`mongodb://127.0.0.1:${store.port}/?directConnection=true`).connect()
  })
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]()
    await client?.close()
    await store?.[Symbol.asyncDispose]()
  })

  const collection = (location: string) => client.db('laws').collection<Document & { _id: string }>(location)
  const write = (location: string, puts: Entries, file: string, [head, expected]: [Head, Head | null] = [headOf(1), null], deletes: string[] = []) =>
    session.write(location, { changes: fromFile(changesOf(puts, deletes), file), head, journal: Buffer.from('journal'), expected }, signal)

  it('keep their values, types included, in and beside what varTrack writes', async () => {
    const location = newLocation(store)
    const theirs = { when: new Date(5), id: new ObjectId(), price: Decimal128.fromString('1.10'), list: [1, new Date(7)], long: Long.fromNumber(3) }
    const id = strategy === 'STRATEGY_DOCUMENT' ? 'config' : 'github/acme/app:app.json'
    const data = { ...theirs, shared: { ...theirs } }
    await collection(location).insertOne({ _id: id, _vt_env: 'production', _vt_file_path: 'app.json', owner: 'somebody', since: new Date(1), data })
    const before = await collection(location).findOne({}, { promoteValues: false })
    await write(location, { own: ['string', '1'], 'shared.own': ['string', '2'] }, 'app.json')
    await write(location, {}, 'app.json', [headOf(2), headOf(1)], ['own', 'shared.own'])
    const after = await collection(location).findOne({}, { promoteValues: false })
    expect(Object.fromEntries(Object.entries(after ?? {}).filter(([name]) => name !== '_vt'))).toEqual(before)
  })

  it('are left alone when they are not of the strategy', async () => {
    const location = newLocation(store)
    const theirs = [
      { _id: 'empty', data: null },
      { _id: 'other', data: { x: 'theirs' } },
      { _id: 'x', key: 'x', value: 'theirs' },
    ]
    await collection(location).insertMany(theirs)
    await write(location, { x: ['string', 'ours'] }, 'app.json')
    expect(entriesOf(await session.read(location, 'all', signal))).toEqual({ x: ['string', 'ours'] })
    expect(
      await collection(location)
        .find({ _id: { $in: ['other', 'empty', 'x'] } })
        .sort({ _id: 1 })
        .toArray(),
    ).toEqual(theirs)
  })

  it('follow a key to another file, and go with their file at the next write', async () => {
    const location = newLocation(store)
    await write(location, { a: ['string', '1'] }, 'one.json')
    await write(location, { a: ['string', '2'] }, 'two.json', [headOf(2), headOf(1)])
    await write(location, { b: ['string', '3'] }, 'two.json', [headOf(3), headOf(2)])
    expect(entriesOf(await session.read(location, 'all', signal))).toEqual({ a: ['string', '2'], b: ['string', '3'] })
    const paths = (await collection(location).find().toArray()).map(({ _vt_file_path: path }) => path)
    expect(paths).toEqual([strategy === 'STRATEGY_FILE' ? 'two.json' : undefined])
  })

  it('hold a key beside keys below it', async () => {
    const location = newLocation(store)
    const entries: Entries = { a: ['string', '1'], 'a.b': ['integer', '2'], 'c.d': ['string', '3'], c: ['decimal', '1.10'] }
    await write(location, entries, 'app.json')
    expect(entriesOf(await session.read(location, 'all', signal))).toEqual(entries)
    await write(location, {}, 'app.json', [headOf(2), headOf(1)], ['a', 'c.d'])
    expect(entriesOf(await session.read(location, 'all', signal))).toEqual({ 'a.b': ['integer', '2'], c: ['decimal', '1.10'] })
  })
})

/** The frame with one file as the origin of all its records. */
function fromFile(frame: Buffer, file: string): Buffer {
  const start = new FrameWriter('changes').finish().length
  const origin = Buffer.alloc(2 + Buffer.byteLength(file))
  origin.writeUInt16LE(Buffer.byteLength(file))
  origin.write(file, 2)
  const whole = Buffer.concat([frame.subarray(0, start), origin, frame.subarray(start)])
  whole.writeUInt16LE(1, 6)
  let at = start + origin.length
  for (let left = whole.readUInt32LE(8); left > 0; left--) {
    whole.writeUInt32LE(0, at + 4)
    at += 16 + whole.readUInt32LE(at + 8) + whole.readUInt32LE(at + 12)
  }
  return whole
}
