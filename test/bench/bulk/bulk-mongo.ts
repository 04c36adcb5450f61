import { sinks } from '@vartrack/sinks'
import { MongoClient } from 'mongodb'
import { startMongoJava } from '../../servers/index.js'
import type { BulkStore } from './bulk-store.js'

const DATABASE = 'bench'

/** MongoDB's wire on mongo-java-server: insertMany of documents that only hold the key and the value, and find. */
export async function bulkMongo(): Promise<BulkStore> {
  const server = await startMongoJava()
  const client = await new MongoClient(server.url).connect()
  const options = sinks.mongo.options.parse({ endpoint: server.url, database: DATABASE, timeout: '120s' })
  const session = await sinks.mongo.open(options, { secret: async () => '', signal: AbortSignal.timeout(10_000) })
  let places = 0
  return {
    name: 'MongoDB (mongo-java-server)',
    traits: sinks.mongo.traits,
    session,
    newLocation: () => `bench-${++places}`,
    async rawWrite(location, entries) {
      await client
        .db(DATABASE)
        .collection<{ _id: string }>(location)
        .insertMany(entries.map(([key, value]) => ({ _id: key, key, value })))
    },
    rawRead: async (location) => (await client.db(DATABASE).collection(location).find().toArray()).length,
    async [Symbol.asyncDispose]() {
      await client.close()
      await session[Symbol.asyncDispose]()
      await server.stop()
    },
  }
}
