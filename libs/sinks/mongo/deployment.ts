import { type Db, type Document, type MongoClient, MongoServerError } from 'mongodb'
import { mongoError } from './errors.js'
import { BULK } from './traits.js'

/** What kind of server answers, as far as writing depends on it. */
export interface Deployment {
  /** Most updates one command may carry. */
  readonly updatesPerCommand: number
  readonly hasTransactions: boolean
}

/**
 * FerretDB 1.24 keeps one of its 100 connections to SQLite for each update of a command until the command ends: a command with 100 updates waits for ever,
 * and so do several that have as many together. With eight a driver's ten sockets stay below.
 */
const FERRETDB_UPDATES = 8
const UNKNOWN_COMMAND = 59

/** Asks the server what it is. */
export async function deploymentOf(client: MongoClient, database: Db): Promise<Deployment> {
  const [build, hello] = await Promise.all([database.command({ buildInfo: 1 }), greet(database)])
  const updatesPerCommand = 'ferretdbVersion' in build ? FERRETDB_UPDATES : BULK.records
  return { updatesPerCommand, hasTransactions: claimsTransactions(hello, build) && (await commits(client, database)) }
}

/** Servers that speak an older protocol do not know the command. */
async function greet(database: Db): Promise<Document> {
  try {
    return await database.command({ hello: 1 })
  } catch (error) {
    if (error instanceof MongoServerError && error.code === UNKNOWN_COMMAND) return {}
    throw error
  }
}

/** A replica set or a sharded cluster, with sessions. FerretDB can be told to call itself a replica set; it knows no transactions. */
function claimsTransactions(hello: Document, build: Document): boolean {
  const isFerretdb = 'ferretdbVersion' in build || 'ferretdb' in build
  const isReplicated = typeof hello['setName'] === 'string' || hello['msg'] === 'isdbgrid'
  return !isFerretdb && isReplicated && typeof hello['logicalSessionTimeoutMinutes'] === 'number'
}

/** Some servers speak of sessions, take the fields of a transaction and do not look at them: only one that commits has transactions. */
async function commits(client: MongoClient, database: Db): Promise<boolean> {
  const session = client.startSession()
  try {
    session.startTransaction()
    await database.collection('_vartrack').findOne({}, { session, projection: { _id: 1 } })
    await session.commitTransaction()
    return true
  } catch (error) {
    if (error instanceof MongoServerError && mongoError(error).code === 'sink.refused') return false
    throw error
  } finally {
    await session.endSession()
  }
}
