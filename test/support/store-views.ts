import { Redis } from 'ioredis'
import { MongoClient } from 'mongodb'
import zookeeper from 'node-zookeeper-client'
import type { RunningServer } from '../servers/running-server.js'

export type StoreName = 'redis' | 'mongo' | 'zookeeper'

/** A destination as an application would read it: with the store's own driver, nothing of varTrack. */
export interface StoreView {
  /** Every entry there, values as text. */
  entries(): Promise<Record<string, string>>
  /** An edit behind Git's back; `undefined` removes the key. */
  tamper(key: string, value: string | undefined): Promise<void>
  close(): Promise<void>
}

/** Views on the destinations `{env}…name` of the environment production. */
export async function openStoreViews(
  name: string,
  servers: Readonly<Record<StoreName, RunningServer>>,
): Promise<Readonly<Record<StoreName, StoreView>>> {
  return {
    redis: await openStoreView('redis', servers.redis, `production:${name}`),
    mongo: await openStoreView('mongo', servers.mongo, `production-${name}`),
    zookeeper: await openStoreView('zookeeper', servers.zookeeper, `/production/${name}`),
  }
}

/** A view on one destination. @param location as varTrack's log names it: a hash, a collection, a node */
export async function openStoreView(store: StoreName, server: RunningServer, location: string): Promise<StoreView> {
  if (store === 'redis') return viewRedis(server.port, location)
  return store === 'mongo' ? await viewMongo(server.url, location) : await viewZookeeper(server.url, location)
}

function viewRedis(port: number, key: string): StoreView {
  const redis = new Redis({ port, host: '127.0.0.1', db: 1 })
  return {
    entries: () => redis.hgetall(key),
    tamper: async (field, value) => void (value === undefined ? await redis.hdel(key, field) : await redis.hset(key, field, value)),
    close: async () => void (await redis.quit()),
  }
}

async function viewMongo(url: string, collection: string): Promise<StoreView> {
  const client = await new MongoClient(url).connect()
  const documents = client.db('vartrack').collection(collection)
  return {
    entries: async () => {
      const found = await documents.find({ key: { $exists: true } }).toArray()
      return Object.fromEntries(found.map((document) => [String(document.key), String(document.value)]))
    },
    tamper: async (key, value) =>
      void (value === undefined ? await documents.deleteOne({ key }) : await documents.updateOne({ key }, { $set: { value } })),
    close: () => client.close(),
  }
}

async function viewZookeeper(hosts: string, path: string): Promise<StoreView> {
  const client = zookeeper.createClient(hosts)
  const connected = new Promise<void>((resolve) => client.once('connected', resolve))
  client.connect()
  await connected
  const children = () =>
    new Promise<string[]>((resolve, reject) => {
      client.getChildren(path, (error, names) => (error ? reject(error) : resolve(names)))
    })
  const data = (node: string) =>
    new Promise<string>((resolve, reject) => {
      client.getData(node, (error, bytes) => (error ? reject(error) : resolve(bytes?.toString() ?? '')))
    })
  return {
    entries: async () => {
      const names = (await children()).filter((name) => name !== '%vartrack')
      return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await data(`${path}/${name}`)] as const)))
    },
    tamper: (key, value) =>
      new Promise<void>((resolve, reject) => {
        const done = (error: Error | null) => (error ? reject(error) : resolve())
        if (value === undefined) client.remove(`${path}/${key}`, -1, done)
        else client.setData(`${path}/${key}`, Buffer.from(value), -1, done)
      }),
    close: async () => client.close(),
  }
}
