import {
  checkFence,
  checkLimits,
  decodeHead,
  encodeHead,
  gaveUp,
  type Head,
  type Session,
  type Standing,
  storeError,
  type WriteRequest,
  type WriteResult,
  within,
} from '@vartrack/sink-kit'
import type { Cluster, Redis } from 'ioredis'
import { redisError } from './errors.js'
import type { RedisOptions } from './options.js'
import { readHash } from './read-hash.js'
import { readStrings } from './read-strings.js'
import { limits } from './traits.js'
import { WRITE_SCRIPT } from './write-script.js'

type Answer = ['ok', number, number] | ['moved', string] | ['type', string]

/** An open connection to one Redis, cluster or set of sentinels. */
export class RedisSession implements Session {
  readonly #client: Redis | Cluster
  readonly #options: RedisOptions

  constructor(client: Redis | Cluster, options: RedisOptions) {
    this.#client = client
    this.#options = options
  }

  async heads(location: string, signal: AbortSignal): Promise<Head[]> {
    const stored = await this.#run(location, signal, () => this.#client.hvals(headsKey(location)))
    return stored.map((text) => decodeHead(text, location))
  }

  async journal(location: string, source: string, generation: number, signal: AbortSignal): Promise<Buffer | null> {
    return this.#run(location, signal, () => this.#client.hgetBuffer(journalsKey(location), journalField(source, generation)))
  }

  async standing(location: string, source: string, generation: number, signal: AbortSignal): Promise<Standing> {
    const [heads, journal] = await Promise.all([this.heads(location, signal), this.journal(location, source, generation, signal)])
    return { heads, begun: null, journal }
  }

  async read(location: string, keys: 'all' | readonly string[], signal: AbortSignal): Promise<Buffer> {
    const separator = this.#options.key_separator
    return this.#run(location, signal, () =>
      this.#options.data_structure === 'HASH' ? readHash(this.#client, location, keys) : readStrings(this.#client, `${location}${separator}`, keys),
    )
  }

  async write(location: string, request: WriteRequest, signal: AbortSignal): Promise<WriteResult> {
    checkLimits(request.changes, limits, location)
    checkFence(request.expected, request.head, request.expected, location)
    let answer = await this.#tryWrite(location, request, request.expected ? encodeHead(request.expected) : '', signal)
    if (answer[0] === 'moved') {
      const current = answer[1]
      checkFence(current === '' ? null : decodeHead(current, location), request.head, request.expected, location)
      answer = await this.#tryWrite(location, request, current, signal)
    }
    return resultOf(answer, location)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.disconnect()
  }

  #tryWrite(location: string, request: WriteRequest, expected: string, signal: AbortSignal): Promise<Answer> {
    const keys = [location, headsKey(location), journalsKey(location)]
    const { changes, head, journal } = request
    const field = journal ? journalField(head.source, head.generation) : ''
    const { data_structure: structure, key_separator: separator, ttl } = this.#options
    const values = [changes, head.source, encodeHead(head), expected, field, journal ?? '', staying(request), structure, separator, ttl ?? '']
    return this.#run(location, signal, () => this.#client.eval(WRITE_SCRIPT, keys.length, ...keys, ...values) as Promise<Answer>)
  }

  async #run<T>(location: string, signal: AbortSignal, operation: () => Promise<T>): Promise<T> {
    if (signal.aborted) throw gaveUp(signal)
    try {
      return await within(signal, this.#options.timeout, operation)
    } catch (error) {
      throw redisError(error, location)
    }
  }
}

/** Braces make the cluster put all that belongs to a location into its slot. */
function headsKey(location: string): string {
  return `{${location}}:__vt`
}

function journalsKey(location: string): string {
  return `{${location}}:__vt:journals`
}

function journalField(source: string, generation: number): string {
  return `${source}@${generation}`
}

/** The journals that outlive a write, by newlines; '' for all: a repeated write replaces its own head and says nothing about the one before. */
function staying({ head, expected }: WriteRequest): string {
  if (!expected || expected.generation === head.generation) return ''
  return [head.journal, expected.journal].map((generation) => journalField(head.source, generation)).join('\n')
}

function resultOf(answer: Answer, location: string): WriteResult {
  if (answer[0] === 'ok') return { put: answer[1], deleted: answer[2] }
  if (answer[0] === 'type') throw storeError('sink.wrong_type', `a ${answer[1]} is there`, location)
  throw storeError('sink.unavailable', 'other writers kept changing the head', location)
}
