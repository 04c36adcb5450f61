import { sinks } from '@vartrack/sinks'
import zookeeper, { type Client } from 'node-zookeeper-client'
import { startZookeeper } from '../../servers/index.js'
import type { BulkStore, Entry } from './bulk-store.js'

/** About 900 KB a multi. */
const CREATES_PER_MULTI = 6_000
const READS_IN_FLIGHT = 900

/** ZooKeeper: multis of creates, all sent at once, and getData of every child. */
export async function bulkZooKeeper(): Promise<BulkStore> {
  const server = await startZookeeper()
  const client = zookeeper.createClient(server.url)
  await new Promise<void>((resolve) => {
    client.once('connected', resolve)
    client.connect()
  })
  const options = sinks.zookeeper.options.parse({ hosts: [server.url], timeout: '120s' })
  const session = await sinks.zookeeper.open(options, { secret: async () => '', signal: AbortSignal.timeout(10_000) })
  let places = 0
  return {
    name: 'ZooKeeper',
    traits: sinks.zookeeper.traits,
    session,
    newLocation: () => `/bench-${++places}`,
    rawWrite: (location, entries) => rawWrite(client, location, entries),
    rawRead: (location) => rawRead(client, location),
    async [Symbol.asyncDispose]() {
      client.close()
      await session[Symbol.asyncDispose]()
      await server.stop()
    },
  }
}

async function rawWrite(client: Client, location: string, entries: readonly Entry[]): Promise<void> {
  const first = client.transaction()
  first.create(location, Buffer.alloc(0))
  await promised((done) => first.commit(done))
  const multis: Promise<unknown>[] = []
  for (let at = 0; at < entries.length; at += CREATES_PER_MULTI) {
    const multi = client.transaction()
    for (const [key, value] of entries.slice(at, at + CREATES_PER_MULTI)) multi.create(`${location}/${key}`, Buffer.from(value))
    multis.push(promised((done) => multi.commit(done)))
  }
  await Promise.all(multis)
}

async function rawRead(client: Client, location: string): Promise<number> {
  const names = await promised<string[]>((done) => client.getChildren(location, done))
  let next = 0
  const worker = async () => {
    for (let name = names[next++]; name !== undefined; name = names[next++]) {
      const path = `${location}/${name}`
      await promised((done) => client.getData(path, done))
    }
  }
  await Promise.all(Array.from({ length: READS_IN_FLIGHT }, worker))
  return names.length
}

function promised<T>(start: (done: (error: Error | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => start((error, value) => (error ? reject(error) : resolve(value))))
}
