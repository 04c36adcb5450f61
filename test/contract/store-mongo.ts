import { sinks } from '@vartrack/sinks'
import { type Collection, type Db, MongoClient } from 'mongodb'
import { startFerretdb, startMongoJava } from '../servers/index.js'
import { mongoReplicaSet, uniqueName } from '../servers/shared.js'
import type { Store } from './store.js'
import { startTransactionStandIn } from './transaction-stand-in.js'

const DATABASE = 'laws'
/** FerretDB knows SCRAM; mongo-java-server takes anybody. */
const CREDENTIALS = { username: 'vartrack', password: 'canary-mongo-password' }
const LARGEST_NESTED_BYTES = 4 * 1024 * 1024

type Tampered = Readonly<Record<string, string | null>>
type Strategy = 'STRATEGY_KEY' | 'STRATEGY_DOCUMENT' | 'STRATEGY_FILE'

/** What the laws run on: a server of its own, or the replica set that `VT_TEST_MONGO_URL` names, whose primary has to be on this machine. */
export type MongoKind = 'ferretdb' | 'mongo-java' | 'stand-in' | 'replica-set'

/** A store that writes with one strategy to one kind of server. */
export async function mongoStore(kind: MongoKind, strategy: Strategy = 'STRATEGY_KEY'): Promise<Store> {
  const server = await SERVERS[kind]()
  const { credentials, database } = server
  const client = await new MongoClient(server.url, credentials ? { auth: credentials, authSource: 'admin' } : {}).connect()
  const documents = (location: string) => client.db(database).collection<{ _id: string }>(location)
  return {
    name: `mongo on ${kind}, ${strategy}`,
    sink: sinks.mongo,
    port: server.port,
    options: (changes) => ({ endpoint: server.url, database, update_strategy: strategy, ...credentials, ...changes }),
    at: (other) => ({ endpoint: `mongodb://127.0.0.1:${other}/?directConnection=true` }),
    wrongCredentials: credentials ? { password: 'canary-wrong-password' } : null,
    secrets: [credentials?.password ?? CREDENTIALS.password, 'canary-wrong-password'],
    valueBytes: strategy === 'STRATEGY_KEY' ? sinks.mongo.traits.limits.valueBytes : LARGEST_NESTED_BYTES,
    manyKeys: kind === 'ferretdb' ? 20 : 10_000,
    tamper: (location, values) =>
      strategy === 'STRATEGY_KEY' ? tamper(documents(location), values) : tamperNested(documents(location), strategy, values),
    dump: () => dump(client.db(database)),
    async [Symbol.asyncDispose]() {
      if (kind === 'replica-set') await client.db(database).dropDatabase()
      await client.close()
      await server.stop()
    },
  }
}

interface MongoServer {
  readonly url: string
  readonly port: number
  readonly database: string
  readonly credentials?: { readonly username: string; readonly password: string }
  stop(): Promise<void>
}

const SERVERS: Readonly<Record<MongoKind, () => Promise<MongoServer>>> = {
  ferretdb: async () => ({ ...(await startFerretdb({ credentials: CREDENTIALS })), credentials: CREDENTIALS, database: DATABASE }),
  'mongo-java': async () => ({ ...(await startMongoJava()), database: DATABASE }),
  'stand-in': startStandIn,
  'replica-set': async () => replicaSet(mongoReplicaSet()?.url ?? ''),
}

async function startStandIn(): Promise<MongoServer> {
  const server = await startMongoJava()
  const standIn = await startTransactionStandIn(server.port)
  const stop = async () => {
    await standIn[Symbol.asyncDispose]()
    await server.stop()
  }
  return { url: `mongodb://127.0.0.1:${standIn.port}/?directConnection=true`, port: standIn.port, database: DATABASE, stop }
}

/** Credentials of the address belong to a user of the database `admin`. */
function replicaSet(address: string): MongoServer {
  const url = new URL(address)
  const credentials = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
  const given = credentials.username ? { credentials } : {}
  Object.assign(url, { username: '', password: '' })
  return { url: url.href, port: Number(url.port || 27_017), database: uniqueName('laws'), ...given, stop: async () => {} }
}

async function tamper(documents: Collection<{ _id: string; key?: string; value?: string }>, values: Tampered): Promise<void> {
  for (const [key, value] of Object.entries(values)) {
    if (value === null) await documents.deleteOne({ key })
    else await documents.updateOne({ key }, { $set: { value } }, { upsert: true })
  }
}

/** Fields of the document that has them, else of one that somebody makes by hand. */
async function tamperNested(documents: Collection<{ _id: string }>, strategy: Strategy, values: Tampered): Promise<void> {
  const byHand = strategy === 'STRATEGY_FILE' ? { _vt_env: 'production', _vt_file_path: 'by-hand.json' } : { note: 'by hand' }
  for (const [key, value] of Object.entries(values)) {
    const { _id: id } = (await documents.findOne({ [`data.${key}`]: { $exists: true } })) ?? { _id: 'config' }
    const change = value === null ? { $unset: { [`data.${key}`]: '' as const } } : { $set: { [`data.${key}`]: value } }
    await documents.updateOne({ _id: id }, { ...change, $setOnInsert: byHand }, { upsert: true })
  }
}

async function dump(database: Db): Promise<string> {
  const names = (await database.listCollections().toArray()).map(({ name }) => name).toSorted()
  const contents = await Promise.all(names.map((name) => database.collection(name).find({}, { promoteValues: false }).toArray()))
  return JSON.stringify(names.map((name, index) => [name, contents[index]?.map((document) => JSON.stringify(document)).toSorted()]))
}
