import { abortable, type Session, type SinkContext, storeError, within } from '@vartrack/sink-kit'
import { MongoClient, type MongoClientOptions } from 'mongodb'
import { deploymentOf } from './deployment.js'
import { mongoError } from './errors.js'
import { keyLayout } from './key-layout.js'
import { nestedLayout } from './nested-layout.js'
import type { MongoOptions } from './options.js'
import { MongoSession } from './session.js'

const LAYOUTS = { STRATEGY_KEY: keyLayout, STRATEGY_DOCUMENT: nestedLayout('document'), STRATEGY_FILE: nestedLayout('file') } as const

/**
 * Connects, and proves that the credentials are good.
 * @throws VarTrackError `sink.auth`, `sink.unreachable`, `sink.timeout`
 */
export async function openMongo(options: MongoOptions, context: SinkContext): Promise<Session> {
  const client = createClient(options, await clientOptions(options, context))
  try {
    const database = client.db(options.database)
    const deployment = await within(context.signal, options.connect_timeout, async () => {
      await client.connect()
      return deploymentOf(client, database)
    })
    return new MongoSession(client, database, { deployment, layout: LAYOUTS[options.update_strategy], timeout: options.timeout })
  } catch (error) {
    await client.close()
    throw mongoError(error)
  }
}

/** The driver's own message could hold the address with its credentials. */
function createClient(options: MongoOptions, settings: MongoClientOptions): MongoClient {
  try {
    return new MongoClient(options.endpoint ?? `mongodb://${options.hosts?.join(',')}/`, settings)
  } catch {
    throw storeError('sink.refused', 'endpoint or options are not understood by the driver')
  }
}

/** Nothing is tried again by the driver: the engine reads first, then decides. */
async function clientOptions(options: MongoOptions, context: SinkContext): Promise<MongoClientOptions> {
  const { username, password: reference } = options
  const password = reference === undefined ? undefined : await abortable(context.secret(reference), context.signal)
  const tls = options.tls_enabled ?? options.ssl
  return {
    appName: 'vartrack',
    retryWrites: false,
    retryReads: false,
    writeConcern: { w: 'majority' },
    readConcern: { level: 'local' },
    serverSelectionTimeoutMS: options.connect_timeout,
    connectTimeoutMS: options.connect_timeout,
    socketTimeoutMS: options.timeout,
    maxPoolSize: options.max_pool_size,
    ...(username === undefined ? {} : { auth: { username, ...(password === undefined ? {} : { password }) } }),
    ...(options.auth_source === undefined ? {} : { authSource: options.auth_source }),
    ...(options.auth_mechanism === undefined ? {} : { authMechanism: options.auth_mechanism }),
    ...(options.replica_set === undefined ? {} : { replicaSet: options.replica_set }),
    ...(tls === undefined ? {} : { tls }),
    ...(options.tls_verify ? {} : { tlsAllowInvalidCertificates: true, tlsAllowInvalidHostnames: true }),
    ...(options.tls_ca_file === undefined ? {} : { tlsCAFile: options.tls_ca_file }),
    ...(options.tls_cert_key_file === undefined ? {} : { tlsCertificateKeyFile: options.tls_cert_key_file }),
  }
}
