import { createRequire } from 'node:module'
import { sinks } from '@vartrack/sinks'
import { startZookeeper } from '../servers/index.js'
import type { Store } from './store.js'

const PASSWORD = 'canary-zookeeper-password'
const GUARDED = '/guarded'

/** A ZooKeeper of its own, with one path that only its user may read. */
export async function zooKeeperStore(encoding: 'plain' | 'json' | 'base64'): Promise<Store> {
  const server = await startZookeeper()
  const { port } = server
  const client = await connectedClient(port)
  await client.guard()
  return {
    name: `zookeeper ${encoding}`,
    sink: sinks.zookeeper,
    port,
    options: (changes) => ({
      hosts: [`127.0.0.1:${port}`],
      encoding,
      auth_username: 'varTrack',
      auth_password: PASSWORD,
      base_path: GUARDED,
      ...changes,
    }),
    at: (other) => ({ hosts: [`127.0.0.1:${other}`] }),
    wrongCredentials: { auth_password: 'canary-wrong-password' },
    secrets: [PASSWORD, 'canary-wrong-password'],
    valueBytes: { plain: 960_000, json: 959_998, base64: 720_000 }[encoding],
    manyKeys: 10_000,
    tamper: (location, values) => client.tamper(location, values, encoding),
    dump: () => client.dump('/'),
    async [Symbol.asyncDispose]() {
      client.close()
      await server.stop()
    },
  }
}

interface Client {
  guard(): Promise<void>
  tamper(location: string, values: Readonly<Record<string, string | null>>, encoding: string): Promise<void>
  dump(path: string): Promise<string>
  close(): void
}

type Done<T> = (error: Error | null, value: T) => void

/** What is used of the driver, which brings no types. */
interface Driver {
  createClient(hosts: string): {
    connect(): void
    close(): void
    once(event: 'connected', listener: () => void): void
    addAuthInfo(scheme: string, auth: Buffer): void
    create(path: string, data: Buffer, acl: object[], done: Done<string>): void
    mkdirp(path: string, done: Done<string>): void
    setData(path: string, data: Buffer, done: Done<object>): void
    remove(path: string, done: Done<undefined>): void
    exists(path: string, done: Done<object | null>): void
    getData(path: string, done: Done<Buffer | undefined>): void
    getChildren(path: string, done: Done<string[]>): void
  }
  readonly ACL: { readonly CREATOR_ALL_ACL: object[]; readonly OPEN_ACL_UNSAFE: object[] }
}

async function connectedClient(port: number): Promise<Client> {
  const driver = createRequire(import.meta.url)('node-zookeeper-client') as Driver
  const client = driver.createClient(`127.0.0.1:${port}`)
  client.addAuthInfo('digest', Buffer.from(`varTrack:${PASSWORD}`))
  await new Promise<void>((resolve) => {
    client.once('connected', resolve)
    client.connect()
  })
  const put = async (path: string, data: Buffer) => {
    if (await promised<object | null>((done) => client.exists(path, done))) await promised<object>((done) => client.setData(path, data, done))
    else await promised<string>((done) => client.create(path, data, driver.ACL.OPEN_ACL_UNSAFE, done))
  }
  const dump = async (path: string): Promise<string> => {
    const data = await promised<Buffer | undefined>((done) => client.getData(path, done))
    const children = (await promised<string[]>((done) => client.getChildren(path, done))).toSorted()
    const below = await Promise.all(children.filter((name) => name !== 'zookeeper').map((name) => dump(`${path === '/' ? '' : path}/${name}`)))
    return [`${path}=${data?.toString('base64')}`, ...below].join('\n')
  }
  return {
    guard: async () => void (await promised<string>((done) => client.create(GUARDED, Buffer.alloc(0), driver.ACL.CREATOR_ALL_ACL, done))),
    async tamper(location, values, encoding) {
      await promised<string>((done) => client.mkdirp(location, done))
      for (const [key, value] of Object.entries(values)) {
        if (value === null) await promised<undefined>((done) => client.remove(`${location}/${key}`, done))
        else await put(`${location}/${key}`, encoded(value, encoding))
      }
    },
    dump,
    close: () => client.close(),
  }
}

function encoded(value: string, encoding: string): Buffer {
  if (encoding === 'plain') return Buffer.from(value)
  return Buffer.from(encoding === 'json' ? JSON.stringify(value) : Buffer.from(value).toString('base64'))
}

function promised<T>(start: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => start((error, value) => (error ? reject(error) : resolve(value))))
}
