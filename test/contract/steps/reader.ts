import { createRequire } from 'node:module'
import { Redis } from 'ioredis'
import { MongoClient } from 'mongodb'
import type { Store } from '../store.js'

/** What lay at a location at one moment, as text. */
export type Snapshot = Readonly<Record<string, string>>

/** An application that reads a location with the store's own driver and knows nothing of varTrack but the head. */
export interface Reader {
  /** `undefined`: the head says that a write is under way, or it moved while the values were read; nothing is known of them then. */
  read(location: string): Promise<Snapshot | undefined>
  /** Looks at values alone, while nobody writes. */
  readValues(location: string): Promise<Snapshot>
  close(): Promise<void>
}

/** A reader of the form that the store's values have. @param keys what it asks for, where it must name them */
export async function openReader(store: Store, options: Readonly<Record<string, string | undefined>>, keys: readonly string[]): Promise<Reader> {
  if (store.sink.type === 'redis') return redisReader(store.port, options.password ?? '', options.data_structure === 'HASH', keys)
  if (store.sink.type === 'mongo') return mongoReader(options)
  return zooKeeperReader(store.port, decoders[options.encoding ?? 'plain'] ?? asIs)
}

/** One command reads one moment: no head is needed. */
function redisReader(port: number, password: string, isHash: boolean, keys: readonly string[]): Reader {
  const redis = new Redis({ port, host: '127.0.0.1', password })
  const strings = async (location: string) => {
    const values = await redis.mget(keys.map((key) => `${location}:${key}`))
    return Object.fromEntries(keys.flatMap((key, index) => (values[index] == null ? [] : [[key, values[index]]])))
  }
  const read = (location: string) => (isHash ? redis.hgetall(location) : strings(location))
  return { read, readValues: read, close: async () => redis.disconnect() }
}

interface MongoState {
  readonly sources: readonly MongoSource[]
}

interface MongoSource {
  readonly source: string
  readonly pending: unknown
  readonly abandoned: readonly number[]
  readonly abandonedRuns?: readonly { readonly generation: number; readonly run: number }[]
}

/** The stamps of what only writers have inserted that were overtaken. */
function orphanStamps({ source, abandoned, abandonedRuns = [] }: MongoSource): string[] {
  const first = abandoned.map((generation) => `${source}@${String(generation).padStart(16, '0')}`)
  const later = abandonedRuns.map(({ generation, run }) => `${source}@${String(generation).padStart(16, '0')}.${String(run).padStart(6, '0')}`)
  return [...first, ...later]
}

async function mongoReader(options: Readonly<Record<string, string | undefined>>): Promise<Reader> {
  const { endpoint, database: name, update_strategy: strategy, username, password } = options
  const auth = username === undefined ? {} : { auth: { username, ...(password === undefined ? {} : { password }) } }
  const client = await new MongoClient(endpoint ?? '', auth).connect()
  const database = client.db(name)
  const state = async (location: string) => {
    const revisions = database.collection<{ _id: string; state: string }>('_vartrack').find({ _id: { $gt: `${location}\n`, $lt: `${location}\n:` } })
    const [newest] = await revisions.sort({ _id: -1 }).limit(1).toArray()
    const { _id: revision, state: text } = newest ?? { _id: '', state: '{"sources":[]}' }
    return { revision, ...(JSON.parse(text) as MongoState) }
  }
  const values = async (location: string, { sources }: MongoState): Promise<Snapshot> => {
    const documents = await database.collection(location).find().toArray()
    const orphans = sources.flatMap(orphanStamps)
    const counting = documents.filter(({ _vt: kept }) => !orphans.includes(String(kept?.stamp ?? kept)))
    if (strategy !== 'STRATEGY_KEY') return Object.assign({}, ...counting.map(({ data }) => flat(data))) as Snapshot
    return Object.fromEntries(counting.map(({ key, value }) => [String(key), String(value)]))
  }
  return {
    readValues: async (location) => values(location, await state(location)),
    async read(location) {
      const before = await state(location)
      const found = await values(location, before)
      // One document is replaced at once: what is in it is of one generation, whatever the head says.
      if (strategy === 'STRATEGY_DOCUMENT') return found
      const after = await state(location)
      return before.revision === after.revision && before.sources.every(({ pending }) => pending === null) ? found : undefined
    },
    close: () => client.close(),
  }
}

function flat(data: Readonly<Record<string, unknown>>, path: readonly string[] = []): Snapshot {
  const parts = Object.entries(data).map(([name, value]) =>
    typeof value === 'object' && value !== null
      ? flat(value as Record<string, unknown>, [...path, name])
      : { [[...path, name].join('.')]: String(value) },
  )
  return Object.assign({}, ...parts) as Snapshot
}

type Done<T> = (error: Error | null, value: T, stat: { readonly version: number }) => void

interface ZooKeeperClient {
  connect(): void
  close(): void
  once(event: 'connected', listener: () => void): void
  getData(path: string, done: Done<Buffer | undefined>): void
  getChildren(path: string, done: Done<string[]>): void
}

type Decode = (text: string) => string

const asIs: Decode = (text) => text
const decoders: Readonly<Record<string, Decode>> = {
  plain: asIs,
  json: (text) => String(JSON.parse(text)),
  base64: (text) => Buffer.from(text, 'base64').toString(),
}

async function zooKeeperReader(port: number, decode: Decode): Promise<Reader> {
  const driver = createRequire(import.meta.url)('node-zookeeper-client') as { createClient(hosts: string): ZooKeeperClient }
  const client = driver.createClient(`127.0.0.1:${port}`)
  await new Promise<void>((resolve) => {
    client.once('connected', resolve)
    client.connect()
  })
  const data = (path: string) =>
    new Promise<{ text: string; version: number } | undefined>((resolve) =>
      client.getData(path, (error, bytes, stat) => resolve(error ? undefined : { text: bytes?.toString() ?? '', version: stat.version })),
    )
  const children = (path: string) => new Promise<string[]>((resolve) => client.getChildren(path, (error, names) => resolve(error ? [] : names)))
  const textAt = async (path: string) => {
    const found = await data(path)
    return found && decode(found.text)
  }
  const values = async (location: string) => {
    const names = (await children(location)).filter((name) => name !== '%vartrack')
    return Promise.all(names.map(async (name) => [name, await textAt(`${location}/${name}`)] as const))
  }
  return {
    readValues: async (location) => Object.fromEntries(await values(location)) as Snapshot,
    async read(location) {
      const before = await data(location)
      const found = await values(location)
      const after = await data(location)
      if (before?.version !== after?.version || found.some(([, text]) => text === undefined)) return undefined
      if (before !== undefined && before.text !== '' && (JSON.parse(before.text) as { redo: unknown }).redo !== null) return undefined
      return Object.fromEntries(found) as Snapshot
    },
    close: async () => client.close(),
  }
}
