import { setMaxListeners } from 'node:events'
import type { Head, Session, Standing, WriteRequest, WriteResult } from '@vartrack/sink-kit'
import type { ZooKeeperConnection } from './connection.js'
import { zooKeeperError } from './errors.js'
import type { ZooKeeperOptions } from './options.js'
import { journalIn, readTree } from './read.js'
import { readRoot, stateOf, type Tree } from './tree.js'
import { finishTree, writeTree } from './write.js'

/** An open connection to one ensemble. */
export class ZooKeeperSession implements Session {
  readonly #connection: ZooKeeperConnection
  readonly #options: ZooKeeperOptions

  constructor(connection: ZooKeeperConnection, options: ZooKeeperOptions) {
    this.#connection = connection
    this.#options = options
  }

  async heads(location: string, signal: AbortSignal): Promise<Head[]> {
    return this.#at(location, signal, async (tree) => stateOf(await readRoot(tree)).sources.map(({ head }) => head))
  }

  async journal(location: string, source: string, generation: number, signal: AbortSignal): Promise<Buffer | null> {
    return this.#at(location, signal, async (tree) => journalIn(tree, stateOf(await readRoot(tree)), source, generation))
  }

  async standing(location: string, source: string, generation: number, signal: AbortSignal): Promise<Standing> {
    return this.#at(location, signal, async (tree) => {
      const state = stateOf(await readRoot(tree))
      return { heads: state.sources.map(({ head }) => head), begun: null, journal: await journalIn(tree, state, source, generation) }
    })
  }

  async finish(location: string, signal: AbortSignal): Promise<void> {
    await this.#at(location, signal, finishTree)
  }

  async read(location: string, keys: 'all' | readonly string[], signal: AbortSignal): Promise<Buffer> {
    return this.#at(location, signal, (tree) => readTree(tree, keys))
  }

  async write(location: string, request: WriteRequest, signal: AbortSignal): Promise<WriteResult> {
    return this.#at(location, signal, (tree) => writeTree(tree, request))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]()
  }

  /** Many operations of one call listen to its signal. */
  async #at<T>(location: string, signal: AbortSignal, work: (tree: Tree) => Promise<T>): Promise<T> {
    const shared = AbortSignal.any([signal])
    setMaxListeners(0, shared)
    try {
      return await work({ connection: this.#connection, location, encoding: this.#options.encoding, signal: shared })
    } catch (error) {
      throw zooKeeperError(error, location)
    }
  }
}
