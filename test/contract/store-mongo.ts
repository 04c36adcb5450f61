import { sinks } from '@vartrack/sinks'
import { MongoClient } from 'mongodb'
import { startFerretdb, startMongoJava } from '../servers/index.js'
import type { Store } from './store.js'

const DATABASE = 'laws'
/** FerretDB knows SCRAM; mongo-java-server takes anybody. */
const CREDENTIALS = { username: 'vartrack', password: 'canary-mongo-password' }
const LARGEST_NESTED_BYTES = 4 * 1024 * 1024

type Strategy = 'STRATEGY_KEY' | 'STRATEGY_DOCUMENT' | 'STRATEGY_FILE'

/** A MongoDB-wire server of its own. */
export async function mongoStore(kind: 'ferretdb' | 'mongo-java', strategy: Strategy = 'STRATEGY_KEY'): Promise<Store> {
  const credentials = kind === 'ferretdb' ? CREDENTIALS : undefined
  const server = await (credentials ? startFerretdb({ credentials }) : startMongoJava())
  const client = await new MongoClient(server.url, credentials ? { auth: credentials } : {}).connect()
  return {
    name: `mongo on ${kind}, ${strategy}`,
    sink: sinks.mongo,
    port: server.port,
    options: (changes) => ({ endpoint: server.url, database: DATABASE, update_strategy: strategy, ...credentials, ...changes }),
    at: (other) => ({ endpoint: `mongodb://127.0.0.1:${other}/?directConnection=true` }),
    wrongCredentials: credentials ? { password: 'canary-wrong-password' } : null,
    secrets: [CREDENTIALS.password, 'canary-wrong-password'],
    valueBytes: strategy === 'STRATEGY_KEY' ? sinks.mongo.traits.limits.valueBytes : LARGEST_NESTED_BYTES,
    manyKeys: kind === 'ferretdb' ? 20 : 10_000,
    tamper: (location, values) => (strategy === 'STRATEGY_KEY' ? tamper(client, location, values) : tamperNested(client, strategy, location, values)),
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

/** Fields of the document that has them, else of one that somebody makes by hand. */
async function tamperNested(
  client: MongoClient,
  strategy: Strategy,
  location: string,
  values: Readonly<Record<string, string | null>>,
): Promise<void> {
  const documents = client.db(DATABASE).collection<{ _id: string }>(location)
  const byHand = strategy === 'STRATEGY_FILE' ? { _vt_env: 'production', _vt_file_path: 'by-hand.json' } : { note: 'by hand' }
  for (const [key, value] of Object.entries(values)) {
    const { _id: id } = (await documents.findOne({ [`data.${key}`]: { $exists: true } })) ?? { _id: 'config' }
    const change = value === null ? { $unset: { [`data.${key}`]: '' as const } } : { $set: { [`data.${key}`]: value } }
    await documents.updateOne({ _id: id }, { ...change, $setOnInsert: byHand }, { upsert: true })
  }
}

async function dump(client: MongoClient): Promise<string> {
  const names = (await client.db(DATABASE).listCollections().toArray()).map(({ name }) => name).toSorted()
  const contents = await Promise.all(names.map((name) => client.db(DATABASE).collection(name).find({}, { promoteValues: false }).toArray()))
  return JSON.stringify(names.map((name, index) => [name, contents[index]?.map((document) => JSON.stringify(document)).toSorted()]))
}
