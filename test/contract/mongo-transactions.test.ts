import { recordCount } from '@vartrack/sink-kit'
import { sinks } from '@vartrack/sinks'
import { MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RunningServer, startMongoJava } from '../servers/index.js'
import { mongoReplicaSet } from '../servers/shared.js'
import { changesOf, type Entries, textsOf } from './entries.js'
import { laws } from './laws.js'
import { openingLaws } from './opening-laws.js'
import { headOf, sessionLaws } from './session-laws.js'
import { newLocation, openSession, type Store } from './store.js'
import { mongoStore } from './store-mongo.js'
import { startTransactionStandIn, type TransactionStandIn } from './transaction-stand-in.js'

const { signal } = new AbortController()
const STRATEGIES = ['STRATEGY_KEY', 'STRATEGY_DOCUMENT', 'STRATEGY_FILE'] as const
const many = (count: number, value = 'x'): Entries =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key.${index}`, ['string', value]]))
const request = (generation: number, puts: Entries) => ({
  changes: changesOf(puts),
  head: headOf(generation),
  journal: Buffer.from('journal'),
  expected: generation === 1 ? null : headOf(generation - 1),
})

describe('the commands of a write, where the server says that it has transactions', () => {
  let server: RunningServer
  let standIn: TransactionStandIn
  let store: Store
  let location: string

  beforeAll(async () => {
    server = await startMongoJava()
  })
  afterAll(() => server?.stop())
  beforeEach(async () => {
    standIn = await startTransactionStandIn(server.port)
    store = storeOver(standIn.port)
    location = newLocation(store)
  })
  afterEach(() => standIn?.[Symbol.asyncDispose]())

  const opened = async (changes = {}) => {
    const session = await openSession(store, changes)
    standIn.sent.length = 0
    return session
  }
  const inTransactions = () => standIn.sent.filter(({ transaction }) => transaction !== undefined)

  it.each(STRATEGIES)('are one transaction, the fence first and the head last, with %s', async (update_strategy) => {
    await using session = await opened({ update_strategy })
    await session.write(location, request(1, many(3)), signal)
    const sent = inTransactions()
    expect(new Set(sent.map(({ transaction }) => transaction)).size).toBe(1)
    expect(sent.map(({ isFirst }) => isFirst)).toEqual([true, ...sent.slice(1).map(() => false)])
    const changing = sent.filter(({ name }) => !['find', 'delete'].includes(name)).map(({ name, collection }) => `${name} ${collection}`)
    expect(changing).toEqual(['insert _vartrack_journals', 'insert _vartrack', `insert ${location}`, 'insert _vartrack', 'commitTransaction 1'])
    expect(standIn.sent.filter(({ name, transaction }) => name === 'insert' && transaction === undefined)).toEqual([])
    expect(textsOf(await session.read(location, 'all', signal))).toEqual({ 'key.0': 'x', 'key.1': 'x', 'key.2': 'x' })
  })

  it('are no transaction above 1,000 keys', async () => {
    await using session = await opened()
    expect(recordCount(changesOf(many(1001)))).toBe(1001)
    await session.write(location, request(1, many(1001)), signal)
    expect(inTransactions()).toEqual([])
    await session.write(location, request(2, many(1000)), signal)
    expect(inTransactions().at(-1)).toMatchObject({ name: 'commitTransaction' })
  })

  it.each([
    ['had entered its state', { ok: 1, n: 0, writeErrors: [{ index: 0, code: 11_000, errmsg: 'duplicate' }] }],
    ['is entering its state', { ok: 0, code: 112, errmsg: 'WriteConflict', errorLabels: ['TransientTransactionError'] }],
  ])('begin anew when another writer %s', async (_, answer) => {
    await using session = await opened()
    await session.write(location, request(1, many(1)), signal)
    standIn.sent.length = 0
    standIn.answer('insert', answer, '_vartrack')
    await session.write(location, request(2, many(2)), signal)
    const ends = inTransactions().filter(({ name }) => name.endsWith('Transaction'))
    expect(ends.map(({ name }) => name)).toEqual(['abortTransaction', 'commitTransaction'])
    expect(new Set(ends.map(({ transaction }) => transaction)).size).toBe(2)
    expect(await session.heads(location, signal)).toEqual([headOf(2)])
  })

  it('are broken off, not repeated, when the server breaks off the transaction at the documents', async () => {
    await using session = await opened()
    const answer = { ok: 0, code: 112, errmsg: 'WriteConflict', errorLabels: ['TransientTransactionError'] }
    standIn.answer('insert', answer, location)
    const writing = session.write(location, request(1, many(1)), signal)
    await expect(writing).rejects.toMatchObject({ code: 'sink.unavailable', disposition: { kind: 'retry' } })
    expect(inTransactions().filter(({ isFirst }) => isFirst)).toHaveLength(1)
    expect(inTransactions().at(-1)).toMatchObject({ name: 'abortTransaction' })
  })

  it('leave it to the next run to find out whether they were committed, when the answer does not say', async () => {
    await using session = await opened()
    const answer = { ok: 0, code: 91, errmsg: 'ShutdownInProgress', errorLabels: ['UnknownTransactionCommitResult', 'RetryableWriteError'] }
    for (let times = 0; times < 2; times++) standIn.answer('commitTransaction', answer)
    const writing = session.write(location, request(1, many(2)), signal)
    await expect(writing).rejects.toMatchObject({ code: 'sink.unavailable', message: expect.stringContaining('whether the write was committed') })
    expect(await session.heads(location, signal)).toEqual([headOf(1)])
    await session.write(location, { ...request(1, many(2)), expected: headOf(1) }, signal)
    expect(textsOf(await session.read(location, 'all', signal))).toEqual({ 'key.0': 'x', 'key.1': 'x' })
  })

  it('are no transaction when the server takes one and then knows no commit', async () => {
    standIn.answer('commitTransaction', { ok: 0, code: 59, errmsg: "no such command: 'commitTransaction'", codeName: 'CommandNotFound' })
    await using session = await opened()
    await session.write(location, request(1, many(3)), signal)
    expect(inTransactions()).toEqual([])
    expect(await session.heads(location, signal)).toEqual([headOf(1)])
  })
})

describe.each(STRATEGIES)('a session that sends transactions to a server that does not know them, with %s', (strategy) => {
  sessionLaws(() => mongoStore('stand-in', strategy))
})

describe.skipIf(!mongoReplicaSet()).each(STRATEGIES)('the replica set of VT_TEST_MONGO_URL, with %s', (strategy) => {
  openingLaws(() => mongoStore('replica-set', strategy))
  sessionLaws(() => mongoStore('replica-set', strategy))
  laws(() => mongoStore('replica-set', strategy), strategy === 'STRATEGY_KEY' ? 'all' : 'some')
})

describe.skipIf(!mongoReplicaSet())('an application that reads a snapshot of the replica set of VT_TEST_MONGO_URL', () => {
  it('never sees two generations of a small write', async () => {
    await using store = await mongoStore('replica-set')
    await using session = await openSession(store)
    const client = await new MongoClient(mongoReplicaSet()?.url ?? '').connect()
    const { database } = store.options() as { database: string }
    const location = newLocation(store)
    await session.write(location, request(1, many(50, '1')), signal)
    const seen: number[] = []
    const done = new AbortController()
    const look = async () => {
      while (!done.signal.aborted) {
        await client.withSession({ snapshot: true }, async (reader) => {
          const documents = await client.db(database).collection(location).find({}, { session: reader }).toArray()
          seen.push(new Set(documents.map((document) => document['value'])).size)
        })
      }
    }
    const looking = look()
    for (let generation = 2; generation <= 20; generation++) await session.write(location, request(generation, many(50, String(generation))), signal)
    done.abort()
    await looking
    await client.close()
    expect(new Set(seen)).toEqual(new Set([1]))
  })
})

function storeOver(port: number): Store {
  return {
    name: 'mongo over the stand-in',
    sink: sinks.mongo,
    port,
    options: (changes) => ({ endpoint: `mongodb://127.0.0.1:${port}/?directConnection=true`, database: 'laws', ...changes }),
    at: (other) => ({ endpoint: `mongodb://127.0.0.1:${other}/?directConnection=true` }),
    wrongCredentials: null,
    secrets: [],
    valueBytes: 1,
    manyKeys: 1,
    tamper: async () => {},
    dump: async () => '',
    async [Symbol.asyncDispose]() {},
  }
}
