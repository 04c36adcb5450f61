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
    const [znode] = await this.inTurn([getRequest(path)], signal)
    return znode
  }

  /** Null when there is no such znode. */
  async children(path: string, signal: AbortSignal): Promise<string[] | null> {
    const [names] = await this.inTurn([childrenRequest(path)], signal)
    return names
  }

  /**
   * The answers to many requests, in their order; sent without waiting for one another. The server takes those of a session in turn: what a later one says
   * is as new as what an earlier one says, or newer. One deadline for all.
   */
  async inTurn<const Requests extends readonly Request<unknown>[]>(requests: Requests, signal: AbortSignal): Promise<Answers<Requests>> {
    const client = await this.#alive(signal)
    using limited = withTimeout(signal, this.#timeout)
    return (await abortable(pipelined(client, requests, limited), limited).catch(rethrow)) as Answers<Requests>
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

/** Something asked of the server. `send` is a method, so that requests of several kinds go into one list. */
export interface Request<T> {
  send(client: DriverClient, done: Answered<T>): void
}

/** What each of several requests is answered with. */
export type Answers<Requests extends readonly Request<unknown>[]> = {
  -readonly [Index in keyof Requests]: Requests[Index] extends Request<infer Answer> ? Answer : never
}

/** For data and version of a znode; null when it is not there. */
export function getRequest(path: string): Request<Znode | null> {
  return {
    send: (client, done) =>
      client.getData(path, (error, data, stat) => {
        if (error) done(isMissing(error) ? null : error, null)
        else done(null, { data: data ?? NO_DATA, version: stat.version })
      }),
  }
}

/** For the names below a znode; null when it is not there. */
export function childrenRequest(path: string): Request<string[] | null> {
  return { send: (client, done) => client.getChildren(path, (error, names) => (isMissing(error) ? done(null, null) : done(error, names))) }
}

/** Whether a znode is there. */
export function existsRequest(path: string): Request<boolean> {
  return { send: (client, done) => client.exists(path, (error, stat) => done(error, stat !== null)) }
}

function isMissing(error: DriverError | null): boolean {
  return error?.code === CODE.noNode
}

const NO_DATA = Buffer.alloc(0)

/** With as many requests on their way as the server likes, and half of them to a packet: the driver alone sends each by itself. */
function pipelined<T>(client: DriverClient, requests: readonly Request<T>[], signal: AbortSignal): Promise<T[]> {
  const values = Array.from<T>({ length: requests.length })
  return new Promise((resolve, reject) => {
    let sent = 0
    let answered = 0
    const refill = () => {
      const { socket } = client.connectionManager
      socket?.cork()
      for (; sent < requests.length && sent - answered < IN_FLIGHT && !signal.aborted; sent++) send(sent)
      socket?.uncork()
    }
    const send = (index: number) =>
      requests[index]?.send(client, (error, value) => {
        if (error) return reject(error)
        values[index] = value
        answered += 1
        if (answered === requests.length) resolve(values)
        else if (sent - answered <= IN_FLIGHT / 2) refill()
      })
    if (requests.length === 0) resolve(values)
    else refill()
  })
}

function rethrow(error: unknown): never {
  throw zooKeeperError(error)
}
