import type { Remote } from '../contract.js'
import type { RepositoryStore } from '../store.js'
import { readPack, readRef, readUntilPack } from './answers.js'
import { type Capabilities, readCapabilities } from './capabilities.js'
import { Connections, type Question } from './connections.js'
import { asGaveUp, GaveUp, type GaveUpReason } from './gave-up.js'
import { type Packet, readPackets } from './pkt-line.js'
import { proveComplete } from './prove.js'
import { proveByGit, receivePack } from './receive.js'
import { fetchRequest, listRefRequest } from './requests.js'
import { type Route, routeTo } from './route.js'
import { within } from './within.js'

/** How one fetch was done. */
export type FetchReport =
  /** Without `git fetch`: the ref had not moved, its commit was here already, or it was brought, and its pack, if it was large or odd, unpacked by git. */
  | { readonly url: string; readonly way: 'in_process'; readonly because: Because }
  /** By `git fetch`. `failure`: what went wrong in process before; it is tried again in a minute. */
  | { readonly url: string; readonly way: 'git'; readonly because: GaveUpReason; readonly failure?: string }

type Because = 'unchanged' | 'known' | 'fetched' | 'handed_on'

/** After a failure git has the remote to itself for so long. */
const PAUSE_MS = 60_000
/** What a host can do is asked again after so long. */
const CAPABILITIES_MS = 10 * 60_000
/** A ref and those whose names begin with it; capabilities. */
const MAX_TALK_BYTES = 1024 * 1024
/** A push brings some KB. */
const MAX_PACK_BYTES = 16 * 1024 * 1024
/** Commits that are told to the host, some 50 bytes each. */
const MAX_HAVES = 64
/** `git fetch` comes after it with the whole timeout, so half of it is waited for a piece, and twice it in all. */
const IDLE_FACTOR = 0.5
const TOTAL_FACTOR = 2

const ADVERTISEMENT = 'application/x-git-upload-pack-advertisement'
const RESULT = 'application/x-git-upload-pack-result'

interface Known {
  readonly capabilities: Capabilities
  /** On the clock of this process, in ms. */
  readonly until: number
}

/** One fetch on its way. */
interface Attempt {
  readonly store: RepositoryStore
  readonly remote: Remote
  readonly route: Route
  readonly ref: string
  readonly signal: AbortSignal
}

/**
 * Fetches by Git's smart HTTP protocol, version 2, over connections that stay open. For what is usual only: a ref of a repository that is in the cache
 * already. Everything else, and everything unexpected, is left to `git fetch`, which alone says what is wrong.
 */
export class SmartHttp {
  readonly #connections = new Connections()
  readonly #hosts = new Map<string, Known>()
  readonly #paused = new Map<string, number>()

  /**
   * @param environment of git: its proxies and certificates
   * @param observe told how each fetch was done
   */
  constructor(
    private readonly environment: Readonly<Record<string, string>>,
    private readonly observe: (report: FetchReport) => void,
  ) {}

  /**
   * Fetches a ref and keeps its commit.
   * @returns the object id, all that it leads to being here; `undefined`: `git fetch` has to do it
   */
  async fetch(store: RepositoryStore, remote: Remote, ref: string, signal: AbortSignal): Promise<string | undefined> {
    const { url } = remote
    try {
      if ((this.#paused.get(url) ?? 0) > performance.now()) throw new GaveUp('paused')
      const route = routeTo(remote, this.environment)
      const { id, because } = await within(remote.timeoutMs * TOTAL_FACTOR, signal, (limited) =>
        this.#attempt({ store, remote, route, ref, signal: limited }),
      )
      this.#paused.delete(url)
      this.observe({ url, way: 'in_process', because })
      return id
    } catch (error) {
      if (!signal.aborted) this.#giveUp(url, asGaveUp(error))
      return undefined
    }
  }

  async close(): Promise<void> {
    await this.#connections.close()
  }

  #giveUp(url: string, gaveUp: GaveUp): void {
    if (gaveUp.failure) this.#hosts.delete(url)
    const pause = pauseAfter(gaveUp)
    if (pause > 0) this.#paused.set(url, performance.now() + pause)
    this.observe({ url, way: 'git', because: gaveUp.reason, ...(gaveUp.failure ? { failure: gaveUp.message } : {}) })
  }

  async #attempt(attempt: Attempt): Promise<{ id: string; because: Because }> {
    const { store, ref } = attempt
    const kept = await store.keptCommit(ref)
    const haves = await store.keptCommits(MAX_HAVES)
    if (haves.length === 0) throw new GaveUp('cold')
    const capabilities = await this.#capabilities(attempt)
    const id = await readRef(await this.#ask(attempt, listRefRequest(capabilities, ref), MAX_TALK_BYTES), ref)
    if (id === undefined) throw new GaveUp('ref_missing')
    if (id === kept) return { id, because: 'unchanged' }
    const isKnown = haves.includes(id) || (await this.#isKnown(attempt, id))
    const because = isKnown ? 'known' : await this.#bring(attempt, id, capabilities, unique(kept, haves))
    await store.keepCommit(id, ref)
    return { id, because }
  }

  /** Is the commit here already, with all that it leads to? So it is after a revert, and for a new branch. */
  async #isKnown(attempt: Attempt, id: string): Promise<boolean> {
    if ((await attempt.store.reader.read(id, MAX_TALK_BYTES)) === undefined) return false
    return await proveByGit(id, reception(attempt)).then(
      () => true,
      () => false,
    )
  }

  /** The pack goes from the connection into one process, which puts its objects beside the others. */
  async #bring(attempt: Attempt, id: string, capabilities: Capabilities, haves: readonly string[]): Promise<Because> {
    const packets = await this.#ask(attempt, fetchRequest(capabilities, id, haves), MAX_PACK_BYTES)
    await readUntilPack(packets)
    const received = await receivePack(readPack(packets), reception(attempt))
    await proveComplete(id, haves, reception(attempt))
    return received
  }

  /** What the host can do: asked once, and again when it is old or something failed. */
  async #capabilities(attempt: Attempt): Promise<Capabilities> {
    const { url } = attempt.remote
    const known = this.#hosts.get(url)
    if (known !== undefined && known.until > performance.now()) return known.capabilities
    const bytes = await this.#connections.ask(questionOf(attempt, '/info/refs?service=git-upload-pack', ADVERTISEMENT, MAX_TALK_BYTES))
    const capabilities = await readCapabilities(readPackets(bytes))
    this.#hosts.set(url, { capabilities, until: performance.now() + CAPABILITIES_MS })
    return capabilities
  }

  async #ask(attempt: Attempt, body: Buffer, maxBytes: number): Promise<AsyncGenerator<Packet, void>> {
    return readPackets(await this.#connections.ask({ ...questionOf(attempt, '/git-upload-pack', RESULT, maxBytes), body }))
  }
}

/** In ms. What the host cannot do, it cannot do for long; what was too much may come again. */
function pauseAfter({ failure, reason }: GaveUp): number {
  if (reason === 'unsupported') return CAPABILITIES_MS
  return failure || reason === 'too_large' ? PAUSE_MS : 0
}

function questionOf({ route, remote, signal }: Attempt, below: string, contentType: string, maxBytes: number): Question {
  return { route, remote, signal, below, contentType, maxBytes, idleMs: remote.timeoutMs * IDLE_FACTOR }
}

function reception({ store, remote, signal }: Attempt) {
  return { store, totalMs: remote.timeoutMs * TOTAL_FACTOR, signal }
}

function unique(first: string | undefined, others: readonly string[]): string[] {
  return [...new Set(first === undefined ? others : [first, ...others])]
}
