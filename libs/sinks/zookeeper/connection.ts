import { abortable, gaveUp, storeError, within, withTimeout } from '@vartrack/sink-kit'
import { CODE, type DriverClient, type DriverError, SPIN_DELAY_MS } from './driver.js'
import { codeOf, zooKeeperError } from './errors.js'
import { type Acl, encodeAcls, sendMulti } from './multi.js'

/** One step of a multi. */
export type Step =
  | { readonly kind: 'create' | 'set'; readonly path: string; readonly data: Buffer; readonly version?: number }
  | { readonly kind: 'remove' | 'check'; readonly path: string; readonly version?: number }

/** Data and version of a znode. */
export interface Znode {
  readonly data: Buffer
  readonly version: number
}

/** How a multi ended; `raced`: a znode or version was not as expected, nothing was written. */
export type MultiOutcome = 'done' | 'raced'

const RACED: readonly (number | undefined)[] = [CODE.noNode, CODE.badVersion, CODE.nodeExists]

/** Makes a connected client; a new one after each expiry of the session. */
export type Connect = (signal: AbortSignal) => Promise<DriverClient>

/** Promises over the driver. Every operation has a time: the driver itself waits for ever for a server that is gone. */
export class ZooKeeperConnection implements AsyncDisposable {
  readonly #connect: Connect
  readonly #timeout: number
  readonly #acls: Buffer
  #client: DriverClient

  /**
   * @param timeout of one operation, ms
   * @param acls of the znodes it makes
   */
  constructor(client: DriverClient, connect: Connect, timeout: number, acls: readonly Acl[]) {
    this.#client = client
    this.#connect = connect
    this.#timeout = timeout
    this.#acls = encodeAcls(acls)
  }

  /** Null when there is no such znode. */
  async get(path: string, signal: AbortSignal): Promise<Znode | null> {
    return orNull(
      this.#run<Znode>(signal, (client, resolve, reject) =>
        client.getData(path, (error, data, stat) => (error ? reject(error) : resolve({ data: data ?? Buffer.alloc(0), version: stat.version }))),
      ),
    )
  }

  /** The data of many znodes, in their order; null for one that is not there. One deadline for all. */
  async getMany(paths: readonly string[], signal: AbortSignal): Promise<(Buffer | null)[]> {
    const client = await this.#alive(signal)
    using limited = withTimeout(signal, this.#timeout)
    const get = (path: string, done: Answered<Buffer | null>) =>
      client.getData(path, (error, data) => (error?.code === CODE.noNode ? done(null, null) : done(error, data ?? Buffer.alloc(0))))
    return await abortable(pipelined(client, paths, get, limited), limited).catch(rethrow)
  }

  /** Null when there is no such znode. */
  async children(path: string, signal: AbortSignal): Promise<string[] | null> {
    return orNull(
      this.#run<string[]>(signal, (client, resolve, reject) =>
        client.getChildren(path, (error, children) => (error ? reject(error) : resolve(children))),
      ),
    )
  }

  /** Which of the znodes are there, in their order. One deadline for all. */
  async existing(paths: readonly string[], signal: AbortSignal): Promise<boolean[]> {
    const client = await this.#alive(signal)
    using limited = withTimeout(signal, this.#timeout)
    const exists = (path: string, done: Answered<boolean>) => client.exists(path, (error, stat) => done(error, stat !== null))
    return await abortable(pipelined(client, paths, exists, limited), limited).catch(rethrow)
  }

  /** All steps or none. @throws VarTrackError `sink.*`; what a lost connection swallowed may have happened */
  async multi(steps: readonly Step[], signal: AbortSignal): Promise<MultiOutcome> {
    const done = this.#run<MultiOutcome>(signal, (client, resolve, reject) =>
      sendMulti(client, steps, this.#acls, (error) => (error ? reject(error) : resolve('done'))),
    )
    return done.catch((error: unknown) => (RACED.includes(codeOf(error)) ? 'raced' : rethrow(error)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    closeClient(this.#client)
  }

  async #run<T>(
    signal: AbortSignal,
    start: (client: DriverClient, resolve: (value: T) => void, reject: (error: DriverError) => void) => void,
  ): Promise<T> {
    if (signal.aborted) throw gaveUp(signal)
    const client = await this.#alive(signal)
    return within(signal, this.#timeout, () => new Promise<T>((resolve, reject) => start(client, resolve, reject)))
  }

  async #alive(signal: AbortSignal): Promise<DriverClient> {
    if (signal.aborted) throw gaveUp(signal)
    const { name } = this.#client.getState()
    if (name === 'AUTH_FAILED') throw storeError('sink.auth', 'auth failed')
    if (name !== 'EXPIRED') return this.#client
    closeClient(this.#client)
    this.#client = await this.#connect(signal)
    return this.#client
  }
}

/** Longer than the driver waits before it connects again: it may be about to when it is closed, and would keep that connection. */
const CLOSING_MS = 2 * SPIN_DELAY_MS

/** Ends a client whatever state it is in. A server that answers has time to hear that the session is over. */
export function closeClient(client: DriverClient): void {
  client.close()
  if (client.getState().name !== 'SYNC_CONNECTED') destroySocket(client)
  setTimeout(destroySocket, CLOSING_MS, client).unref()
}

function destroySocket({ connectionManager }: DriverClient): void {
  clearTimeout(connectionManager.connectTimeoutHandler ?? undefined)
  connectionManager.socket?.destroy()
}

/** The server throttles a client above 1,000 requests it has not answered. */
const IN_FLIGHT = 900

type Answered<T> = (error: DriverError | null, value: T) => void

/** Asks for many znodes with as many requests on their way as the server likes, and half of them to a packet: the driver alone sends each by itself. */
function pipelined<T>(
  client: DriverClient,
  paths: readonly string[],
  ask: (path: string, done: Answered<T>) => void,
  signal: AbortSignal,
): Promise<T[]> {
  const values = Array.from<T>({ length: paths.length })
  return new Promise((resolve, reject) => {
    let sent = 0
    let answered = 0
    const refill = () => {
      const { socket } = client.connectionManager
      socket?.cork()
      for (; sent < paths.length && sent - answered < IN_FLIGHT && !signal.aborted; sent++) askFor(sent)
      socket?.uncork()
    }
    const askFor = (index: number) =>
      ask(paths[index] as string, (error, value) => {
        if (error) return reject(error)
        values[index] = value
        answered += 1
        if (answered === paths.length) resolve(values)
        else if (sent - answered <= IN_FLIGHT / 2) refill()
      })
    if (paths.length === 0) resolve(values)
    else refill()
  })
}

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  return promise.catch((error: unknown) => (codeOf(error) === CODE.noNode ? null : rethrow(error)))
}

function rethrow(error: unknown): never {
  throw zooKeeperError(error)
}
