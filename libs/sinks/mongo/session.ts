import { type Begun, gaveUp, type Head, type Session, type WriteRequest, type WriteResult, within } from '@vartrack/sink-kit'
import type { Db, MongoClient } from 'mongodb'
import { mongoError } from './errors.js'
import { readJournal } from './journals.js'
import type { Layout } from './layout.js'
import { sourceOf } from './state.js'
import { readState } from './state-store.js'
import { writeLocation } from './write.js'

/** An open connection to one database. */
export class MongoSession implements Session {
  readonly #client: MongoClient
  readonly #database: Db
  readonly #timeout: number
  readonly #layout: Layout

  /** @param timeout of one call, ms */
  constructor(client: MongoClient, database: Db, layout: Layout, timeout: number) {
    this.#client = client
    this.#database = database
    this.#layout = layout
    this.#timeout = timeout
  }

  async heads(location: string, signal: AbortSignal): Promise<Head[]> {
    const { state } = await this.#run(location, signal, () => readState(this.#database, location))
    return state.sources.flatMap(({ head }) => head ?? [])
  }

  async journal(location: string, source: string, generation: number, signal: AbortSignal): Promise<Buffer | null> {
    return this.#run(location, signal, async () => {
      const { state } = await readState(this.#database, location)
      const name = sourceOf(state, source).journals.find((one) => one.generation === generation)
      return name ? readJournal(this.#database, name) : null
    })
  }

  async begun(location: string, source: string, signal: AbortSignal): Promise<Begun | null> {
    return this.#run(location, signal, async () => {
      const { state } = await readState(this.#database, location)
      const { head, pending, journals } = sourceOf(state, source)
      const name = pending?.generation === head?.generation ? undefined : journals.find((one) => one.generation === pending?.generation)
      const journal = name && (await readJournal(this.#database, name))
      return journal ? { generation: name.generation, journal } : null
    })
  }

  async read(location: string, keys: 'all' | readonly string[], signal: AbortSignal): Promise<Buffer> {
    return this.#run(location, signal, () => this.#layout.read(this.#database, location, keys))
  }

  async write(location: string, request: WriteRequest, signal: AbortSignal): Promise<WriteResult> {
    return this.#run(location, signal, (limited) =>
      writeLocation(this.#layout, this.#database, location, request, () => {
        if (limited.aborted) throw gaveUp(limited)
      }),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close()
  }

  async #run<T>(location: string, signal: AbortSignal, operation: (limited: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await within(signal, this.#timeout, operation)
    } catch (error) {
      throw mongoError(error, location)
    }
  }
}
