import { sinks } from '@vartrack/sinks'
import { MongoClient } from 'mongodb'
import { startFerretdb, startMongoJava } from '../servers/index.js'
import type { Store } from './store.js'

const DATABASE = 'laws'

/** A MongoDB-wire server of its own. */
export async function mongoStore(kind: 'ferretdb' | 'mongo-java'): Promise<Store> {
  const server = await (kind === 'ferretdb' ? startFerretdb() : startMongoJava())
  const client = await new MongoClient(server.url).connect()
  return {
    name: `mongo on ${kind}`,
    sink: sinks.mongo,
    port: server.port,
    options: (changes) => ({ endpoint: server.url, database: DATABASE, ...changes }),
    at: (other) => ({ endpoint: `mongodb://127.0.0.1:${other}/?directConnection=true` }),
    wrongCredentials: null,
    secrets: ['canary-mongo-password'],
    valueBytes: sinks.mongo.traits.limits.valueBytes,
    manyKeys: kind === 'ferretdb' ? 20 : 10_000,
    tamper: (location, values) => tamper(client, location, values),
    dump: () => dump(client),
    async [Symbol.asyncDispose]() {
      await client.close()
      await server.stop()
    },
  }
}

async function tamper(client: MongoClient, location: string, values: Readonly<Record<string, string | null>>): Promise<void> {
  const documents = client.db(DATABASE).collection(location)
  for (const [key, value] of Object.entries(values)) {
    if (value === null) await documents.deleteOne({ key })
    else await documents.updateOne({ key }, { $set: { value } }, { upsert: true })
  }
}

async function dump(client: MongoClient): Promise<string> {
  const names = (await client.db(DATABASE).listCollections().toArray()).map(({ name }) => name).toSorted()
  const contents = await Promise.all(names.map((name) => client.db(DATABASE).collection(name).find({}, { promoteValues: false }).toArray()))
  return JSON.stringify(names.map((name, index) => [name, contents[index]?.map((document) => JSON.stringify(document)).toSorted()]))
}
