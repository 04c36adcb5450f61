import { readFile } from 'node:fs/promises'
import { type Dispatcher, Pool } from 'undici'
import type { Remote } from '../contract.js'
import { asGaveUp, GaveUp, type GaveUpReason } from './gave-up.js'
import { AGENT } from './requests.js'
import type { Route } from './route.js'

/** One request to a Git host, and what its answer may be. */
export interface Question {
  readonly route: Route
  readonly remote: Remote
  /** Below the path of the repository, for example `/git-upload-pack`. */
  readonly below: string
  /** Sent with POST; without it the request is a GET. */
  readonly body?: Buffer
  readonly contentType: string
  /** More bytes than these end the answer. */
  readonly maxBytes: number
  /** Waits so long for the head, and then for each piece. */
  readonly idleMs: number
  readonly signal: AbortSignal
}

const MAX_PER_HOST = 16
/** A connection that nobody used for so long is closed; a host that says it closes earlier is believed. */
const KEPT_MS = 55_000
/** What a connection that the host has closed meanwhile ends in. */
const STALE = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

/** Connections to Git hosts that stay open between requests. They keep no process alive. */
export class Connections {
  readonly #pools = new Map<string, Promise<Pool>>()
  #closed = false

  /**
   * Asks, and gives the answer's bytes as they come. Credentials go to the remote's own origin alone: no redirect is followed.
   * @throws GaveUp `connection`, `timeout`, `status`, `protocol`, `closed`; `too_large` while reading
   */
  async ask(question: Question): Promise<AsyncIterable<Buffer>> {
    const pool = await this.#pool(question)
    const request = requestOf(question)
    const answer = await pool.request(request).catch((error: unknown) => {
      if (!STALE.has(codeOf(error))) throw transportFailure(error)
      return pool.request(request).catch((again: unknown) => Promise.reject(transportFailure(again)))
    })
    // Whoever stops reading destroys the body, which then has an error that nobody waits for.
    answer.body.on('error', () => undefined)
    const unfit = unfitness(answer, question)
    if (unfit !== undefined) answer.body.destroy()
    if (unfit !== undefined) throw unfit
    return bytesOf(answer.body, question.maxBytes)
  }

  /** Ends every connection, also those in use. */
  async close(): Promise<void> {
    this.#closed = true
    const pools = [...this.#pools.values()]
    this.#pools.clear()
    await Promise.allSettled(pools.map(async (pool) => (await pool).destroy()))
  }

  #pool({ route, remote }: Question): Promise<Pool> {
    if (this.#closed) throw new GaveUp('closed')
    const name = `${route.origin} ${remote.verifySsl} ${route.authorities}`
    const pool = this.#pools.get(name) ?? openPool(route, remote)
    this.#pools.set(name, pool)
    // Certificate authorities that could not be read are looked for again.
    pool.catch(() => this.#pools.delete(name))
    return pool
  }
}

async function openPool(route: Route, remote: Remote): Promise<Pool> {
  const ca =
    route.authorities === undefined ? undefined : await readFile(route.authorities, 'utf8').catch((error: unknown) => Promise.reject(asGaveUp(error)))
  return new Pool(route.origin, {
    connections: MAX_PER_HOST,
    pipelining: 1,
    keepAliveTimeout: KEPT_MS,
    maxHeaderSize: 64 * 1024,
    connect: { rejectUnauthorized: remote.verifySsl, ...(ca === undefined ? {} : { ca }) },
  })
}

function requestOf(question: Question): Dispatcher.RequestOptions {
  const { route, remote, below, body, idleMs, signal } = question
  return {
    method: body === undefined ? 'GET' : 'POST',
    path: route.path + below,
    headers: {
      'user-agent': AGENT,
      'git-protocol': 'version=2',
      accept: question.contentType,
      ...(body === undefined ? {} : { 'content-type': 'application/x-git-upload-pack-request' }),
      ...(remote.token === undefined ? {} : { authorization: `Basic ${Buffer.from(`x-access-token:${remote.token}`).toString('base64')}` }),
    },
    body: body ?? null,
    headersTimeout: idleMs,
    bodyTimeout: idleMs,
    signal,
  }
}

function unfitness(answer: Dispatcher.ResponseData, question: Question): GaveUp | undefined {
  if (answer.statusCode !== 200) return new GaveUp('status', `the host answered ${answer.statusCode}`)
  if (answer.headers['content-type'] !== question.contentType) return new GaveUp('protocol', 'the answer is of another content type')
  if (answer.headers['content-encoding'] !== undefined) return new GaveUp('protocol', 'the answer is encoded, which was not asked for')
  return undefined
}

async function* bytesOf(body: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer, void> {
  let length = 0
  try {
    for await (const chunk of body) {
      length += chunk.length
      if (length > maxBytes) throw new GaveUp('too_large', `the answer has more than ${maxBytes} bytes`)
      yield chunk
    }
  } catch (error) {
    throw transportFailure(error)
  }
}

function transportFailure(error: unknown): GaveUp {
  const reason: GaveUpReason = /TIMEOUT/.test(codeOf(error)) ? 'timeout' : 'connection'
  return asGaveUp(error, reason)
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? ''
}
