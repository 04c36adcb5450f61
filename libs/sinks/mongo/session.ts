import { type Begun, gaveUp, type Head, type Session, type WriteRequest, type WriteResult, within } from '@vartrack/sink-kit'
import type { Db, MongoClient } from 'mongodb'
import type { Deployment } from './deployment.js'
import { mongoError } from './errors.js'
import { readJournal } from './journals.js'
import type { Layout } from './layout.js'
import type { Place } from './place.js'
import { sourceOf } from './state.js'
import { readState, type VersionedState } from './state-store.js'
import { fitsTransaction, inTransaction } from './transaction.js'
import { type WriteContext, writeLocation } from './write.js'

/** How a session works. */
export interface SessionSettings {
  readonly deployment: Deployment
  readonly layout: Layout
  /** Of one call, ms. */
  readonly timeout: number
}

/** So many states stay in mind between the reading of a location and its writing. */
const MOST_SEEN = 200

/** An open connection to one database. */
export class MongoSession implements Session {
  readonly #client: MongoClient
  readonly #database: Db
  readonly #settings: SessionSettings
  /** States as they were read last, by location. */
  readonly #seen = new Map<string, VersionedState>()

  constructor(client: MongoClient, database: Db, settings: SessionSettings) {
    this.#client = client
    this.#database = database
    this.#settings = settings
  }

  async heads(location: string, signal: AbortSignal): Promise<Head[]> {
    const { state } = await this.#run(location, signal, () => this.#look(location))
    return state.sources.flatMap(({ head }) => head ?? [])
  }

  async journal(location: string, source: string, generation: number, signal: AbortSignal): Promise<Buffer | null> {
    return this.#run(location, signal, async () => {
      const { state } = await this.#look(location)
      const name = sourceOf(state, source).journals.find((one) => one.generation === generation)
      return name ? readJournal(this.#place(location), name) : null
    })
  }

  async begun(location: string, source: string, signal: AbortSignal): Promise<Begun | null> {
    return this.#run(location, signal, async () => {
      const { state } = await this.#look(location)
      const { head, pending, journals } = sourceOf(state, source)
      const name = pending?.generation === head?.generation ? undefined : journals.find((one) => one.generation === pending?.generation)
      const journal = name && (await readJournal(this.#place(location), name))
      return journal ? { generation: name.generation, journal } : null
    })
  }

  async read(location: string, keys: 'all' | readonly string[], signal: AbortSignal): Promise<Buffer> {
    return this.#run(location, signal, () => this.#settings.layout.read(this.#place(location), keys))
  }

  async write(location: string, request: WriteRequest, signal: AbortSignal): Promise<WriteResult> {
    const known = this.#seen.get(location)
    this.#seen.delete(location)
    return this.#run(location, signal, (limited) => {
      const stop = () => {
        if (limited.aborted) throw gaveUp(limited)
      }
      return this.#write(this.#place(location), request, { known, stop })
    })
  }

  async #write(place: Place, request: WriteRequest, context: WriteContext): Promise<WriteResult> {
    const { layout, deployment } = this.#settings
    if (!deployment.hasTransactions) return writeLocation(layout, place, request, context)
    const known = context.known ?? (await readState(place))
    const write = (inside: Place, from: WriteContext) => writeLocation(layout, inside, request, from)
    if (!fitsTransaction(request, known)) return write(place, { ...context, known })
    return inTransaction(place, { ...context, known, client: this.#client }, write)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close()
  }

  #place(location: string): Place {
    return { database: this.#database, location, updatesPerCommand: this.#settings.deployment.updatesPerCommand, options: {} }
  }

  /** Reads a state, and keeps it in mind for the write that may follow. */
  async #look(location: string): Promise<VersionedState> {
    const state = await readState(this.#place(location))
    this.#seen.delete(location)
    this.#seen.set(location, state)
    for (const oldest of this.#seen.size > MOST_SEEN ? this.#seen.keys() : []) {
      this.#seen.delete(oldest)
      break
    }
    return state
  }

  async #run<T>(location: string, signal: AbortSignal, operation: (limited: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await within(signal, this.#settings.timeout, operation)
    } catch (error) {
      throw mongoError(error, location)
    }
  }
}
