import { Redis } from 'ioredis'
import { MongoClient } from 'mongodb'
import zookeeper from 'node-zookeeper-client'
import type { Chain } from './chain.js'

/** Makes entries at a chain's three destinations as somebody did before varTrack came. */
export async function putByHand(servers: Chain['servers'], name: string, entries: Readonly<Record<string, string>>): Promise<void> {
  await Promise.all([
    putToRedis(servers.redis.port, `production:${name}`, entries),
    putToMongo(servers.mongo.url, `production-${name}`, entries),
    putToZookeeper(servers.zookeeper.url, ['production', name], entries),
  ])
}

async function putToRedis(port: number, key: string, entries: Readonly<Record<string, string>>): Promise<void> {
  const redis = new Redis({ port, host: '127.0.0.1', db: 1 })
  await redis.hset(key, entries)
  redis.disconnect()
}

async function putToMongo(url: string, collection: string, entries: Readonly<Record<string, string>>): Promise<void> {
  const client = await new MongoClient(url).connect()
  const documents = Object.entries(entries).map(([key, value]) => ({ key, value }))
  await client.db('vartrack').collection(collection).insertMany(documents)
  await client.close()
}

async function putToZookeeper(hosts: string, path: readonly string[], entries: Readonly<Record<string, string>>): Promise<void> {
  const client = zookeeper.createClient(hosts)
  const connected = new Promise<void>((resolve) => client.once('connected', resolve))
  client.connect()
  await connected
  const create = (node: string, data: string) =>
    new Promise<void>((resolve, reject) => client.create(node, Buffer.from(data), (error) => (error ? reject(error) : resolve())))
  for (const [index] of path.entries()) await create(`/${path.slice(0, index + 1).join('/')}`, '')
  for (const [key, value] of Object.entries(entries)) await create(`/${path.join('/')}/${key}`, value)
  client.close()
}
