import { abortable, type Session, type SinkContext, storeError, within } from '@vartrack/sink-kit'
import { type Connect, closeClient, ZooKeeperConnection } from './connection.js'
import { type DriverClient, loadDriver, SPIN_DELAY_MS } from './driver.js'
import { type Acl, PERMISSION } from './multi.js'
import type { ZooKeeperOptions } from './options.js'
import { ZooKeeperSession } from './session.js'

/**
 * Connects, and proves that the credentials may read where the datasource starts.
 * @throws VarTrackError `sink.auth`, `sink.unreachable`, `sink.timeout`
 */
export async function openZooKeeper(options: ZooKeeperOptions, context: SinkContext): Promise<Session> {
  const driver = loadDriver()
  const { auth_username: user, auth_password: reference } = options
  const password = reference === undefined ? '' : await abortable(context.secret(reference), context.signal)
  const connect: Connect = async (signal) => {
    const client = driver.createClient(options.hosts.join(','), { sessionTimeout: options.session_timeout, spinDelay: SPIN_DELAY_MS, retries: 0 })
    if (user !== undefined) client.addAuthInfo(options.auth_scheme, Buffer.from(`${user}:${password}`))
    return connected(client, signal, options.connection_timeout ?? options.connect_timeout)
  }
  const connection = new ZooKeeperConnection(await connect(context.signal), connect, options.timeout, aclsOf(options))
  try {
    await connection.get(options.base_path.split('/{')[0] || '/', context.signal)
    return new ZooKeeperSession(connection, options)
  } catch (error) {
    await connection[Symbol.asyncDispose]()
    throw error
  }
}

async function connected(client: DriverClient, signal: AbortSignal, ms: number): Promise<DriverClient> {
  const ready = new Promise<void>((resolve, reject) => {
    client.on('connected', resolve)
    client.on('authenticationFailed', () => reject(storeError('sink.auth', 'auth failed')))
  })
  try {
    await within(signal, ms, () => {
      client.connect()
      return ready
    })
    return client
  } catch (error) {
    closeClient(client)
    throw error
  }
}

const ANYBODY = { scheme: 'world', id: 'anyone' } as const

function aclsOf({ acl }: ZooKeeperOptions): Acl[] {
  if (!acl) return [{ ...ANYBODY, permissions: PERMISSION.all }]
  const own = { permissions: PERMISSION.all, scheme: acl.scheme, id: acl.id }
  return acl.world_readable ? [own, { ...ANYBODY, permissions: PERMISSION.read }] : [own]
}
