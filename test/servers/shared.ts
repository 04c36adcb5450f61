import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import type { SharedServer } from './broker.js'

/** A server that all tests of a run share. Keep to a place of your own in it: {@link redisDatabase}, {@link uniqueName}. */
export interface SharedUrl {
  readonly url: string
}

/** The Redis of this run (`VT_TEST_REDIS_URL` names another). Databases are empty until {@link redisDatabase} hands them out. */
export function redisServer(): Promise<SharedUrl> {
  return shared('redis', 'VT_TEST_REDIS_URL')
}

/** The FerretDB of this run (`VT_TEST_FERRETDB_URL` names another). */
export function ferretdb(): Promise<SharedUrl> {
  return shared('ferretdb', 'VT_TEST_FERRETDB_URL')
}

/** The mongo-java-server of this run (`VT_TEST_MONGO_JAVA_URL` names another). */
export function mongoJava(): Promise<SharedUrl> {
  return shared('mongo-java', 'VT_TEST_MONGO_JAVA_URL')
}

/** The ZooKeeper of this run (`VT_TEST_ZOOKEEPER_URL` names another); its URL is `host:port`. */
export function zookeeper(): Promise<SharedUrl> {
  return shared('zookeeper', 'VT_TEST_ZOOKEEPER_URL')
}

/** A real replica set, for what neither MongoDB stand-in can do. Nothing here can start one: it is there when `VT_TEST_MONGO_URL` names it. */
export function mongoReplicaSet(): SharedUrl | undefined {
  const url = process.env['VT_TEST_MONGO_URL']
  return url ? { url } : undefined
}

/** The URL of a database of the shared Redis that no other caller of this run gets. Publish and subscribe, INFO and FLUSHALL know no databases: use `startRedis`. */
export async function redisDatabase(): Promise<string> {
  const { url } = await redisServer()
  return new URL(`/${await fromBroker('database')}`, url).href
}

/** A name nobody else uses: for a MongoDB database, a node of ZooKeeper, a key prefix. */
export function uniqueName(prefix = 't'): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`
}

async function shared(server: SharedServer, variable: string): Promise<SharedUrl> {
  return { url: process.env[variable] || (await fromBroker(server)) }
}

async function fromBroker(what: SharedServer | 'database'): Promise<string> {
  const response = await fetch(`${inject('serverBroker')}/${what}`)
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}
