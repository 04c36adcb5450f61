import { gaveUp, type Head, type Session, type Standing, type WriteRequest, type WriteResult, within } from '@vartrack/sink-kit'
import type { Db, MongoClient } from 'mongodb'
import type { Deployment } from './deployment.js'
import { mongoError } from './errors.js'
import { begunIn, journalIn } from './journals.js'
import type { Layout } from './layout.js'
import type { Place } from './place.js'
import { headsOf, sourceOf } from './state.js'
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

/** An open connection to one database. */
export class MongoSession implements Session {
  readonly #client: MongoClient
  readonly #database: Db
  readonly #settings: SessionSettings

  constructor(client: MongoClient, database: Db, settings: SessionSettings) {
    this.#client = client
    this.#database = database
    this.#settings = settings
  }

  async heads(location: string, signal: AbortSignal): Promise<Head[]> {
    const { state } = await this.#run(location, signal, () => readState(this.#place(location)))
    return headsOf(state)
  }

  async journal(location: string, source: string, generation: number, signal: AbortSignal): Promise<Buffer | null> {
    return this.#run(location, signal, async () => {
      const place = this.#place(location)
      return journalIn(place, sourceOf((await readState(place)).state, source), generation)
    })
  }

  async standing(location: string, source: string, generation: number, signal: AbortSignal): Promise<Standing> {
    return this.#run(location, signal, async () => {
      const place = this.#place(location)
      const seen = await readState(place)
      const own = sourceOf(seen.state, source)
      const [begun, journal] = await Promise.all([begunIn(place, own), journalIn(place, own, generation)])
      return { heads: headsOf(seen.state), begun, journal, seen }
    })
  }

  async read(location: string, keys: 'all' | readonly string[], signal: AbortSignal): Promise<Buffer> {
    return this.#run(location, signal, () => this.#settings.layout.read(this.#place(location), keys))
  }

  async write(location: string, request: WriteRequest, signal: AbortSignal): Promise<WriteResult> {
    // Nobody but `standing` makes one.
    const seen = request.seen as VersionedState | undefined
    return this.#run(location, signal, (limited) => {
      const stop = () => {
        if (limited.aborted) throw gaveUp(limited)
      }
      return this.#write(this.#place(location), request, { known: seen, seen, stop })
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

  async #run<T>(location: string, signal: AbortSignal, operation: (limited: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await within(signal, this.#settings.timeout, operation)
    } catch (error) {
      throw mongoError(error, location)
    }
  }
}
