import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gitEnvironment } from './environment.js'
import { ObjectReader } from './object-reader.js'
import { runGit } from './run-git.js'

const LOCAL_TIMEOUT_MS = 60_000
/** Within the bare repository: where it was fetched from. Its folder's name is a hash. */
const ADDRESS_FILE = 'vartrack-address'
/** Within the bare repository: a reference for each remote ref. */
const KEPT = 'refs/vartrack/kept'
/** A reference of a fetch that did not end: its process died. */
const ABANDONED_MS = 60 * 60 * 1000

/**
 * The bare repository of one remote on disk. Processes share it without a lock: it appears by one rename, objects are only ever added, each fetch
 * writes a reference of its own, and keeping that is one rename again.
 */
export class RepositoryStore {
  readonly dir: string
  readonly reader: ObjectReader
  #ready: Promise<void> | undefined
  #untidied = 0
  readonly #closing = new AbortController()

  constructor(
    private readonly root: string,
    private readonly url: string,
    base: Readonly<Record<string, string>>,
    private readonly tidyEvery: number,
  ) {
    this.dir = join(root, `${createHash('sha256').update(url).digest('hex').slice(0, 32)}.git`)
    this.environment = gitEnvironment(base)
    this.reader = new ObjectReader(this.dir, this.environment)
  }

  /** For commands that stay on this machine. */
  readonly environment: Readonly<Record<string, string>>

  /** Makes the repository if it is not there. */
  ready(): Promise<void> {
    this.#ready ??= this.#create().catch((error: unknown) => {
      this.#ready = undefined
      throw error
    })
    return this.#ready
  }

  /** A reference name for one fetch. */
  newFetchRef(): string {
    return `refs/vartrack/fetch/${randomUUID()}`
  }

  /** Keeps what a fetch brought, so that the next one asks only for what is new, and gives its object id. */
  async keep(fetchRef: string, remoteRef: string): Promise<string> {
    const id = (await readFile(join(this.dir, fetchRef), 'utf8')).trim()
    await rename(join(this.dir, fetchRef), this.#keptPath(remoteRef))
    this.#untidied += 1
    if (this.#untidied >= this.tidyEvery) this.#tidy()
    return id
  }

  /** Keeps a commit that is here with all that it leads to, as the one of a remote ref. The caller has made sure of that. */
  async keepCommit(id: string, remoteRef: string): Promise<void> {
    const own = this.newFetchRef()
    // Written through no more than the objects are, by git itself: a reference that outlives them would be worse than none.
    await writeFile(join(this.dir, own), `${id}\n`, { flag: 'wx' })
    await this.keep(own, remoteRef)
  }

  /** The commit that is kept for a remote ref; all that it leads to is here. */
  async keptCommit(remoteRef: string): Promise<string | undefined> {
    return await readCommit(this.#keptPath(remoteRef))
  }

  /** Commits that are kept for any refs, so many at most. */
  async keptCommits(most: number): Promise<string[]> {
    const folder = join(this.dir, KEPT)
    const names = (await readdir(folder)).slice(0, most)
    const commits = await Promise.all(names.map((name) => readCommit(join(folder, name))))
    return commits.filter((commit) => commit !== undefined)
  }

  #keptPath(remoteRef: string): string {
    return join(this.dir, KEPT, createHash('sha256').update(remoteRef).digest('hex').slice(0, 32))
  }

  close(): void {
    this.#closing.abort()
    this.reader.close()
  }

  /**
   * Packs loose objects beside the work: each push leaves three or more, and thousands make reading slow. Nothing is ever deleted that is not packed. A run
   * that fails, or finds another process at it, has cost nothing but its time, and the next comes after as many fetches.
   */
  #tidy(): void {
    this.#untidied = 0
    const tasks = ['--task=loose-objects', '--task=incremental-repack']
    this.#local(this.dir, ['maintenance', 'run', '--quiet', ...tasks], this.#closing.signal).catch(() => {
      this.#untidied = 0
    })
  }

  /** A git command that stays on this machine. */
  #local(cwd: string, args: readonly string[], signal: AbortSignal): Promise<void> {
    return runGit({ args, cwd, environment: this.environment, idleMs: LOCAL_TIMEOUT_MS, totalMs: LOCAL_TIMEOUT_MS, signal })
  }

  async #create(): Promise<void> {
    if (!(await exists(join(this.dir, 'HEAD')))) await this.#init()
    const fetchRefs = join(this.dir, 'refs/vartrack/fetch')
    await mkdir(fetchRefs, { recursive: true })
    await mkdir(join(this.dir, KEPT), { recursive: true })
    for (const name of await readdir(fetchRefs)) {
      const path = join(fetchRefs, name)
      const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now())
      if (age > ABANDONED_MS) await rm(path, { force: true })
    }
  }

  async #init(): Promise<void> {
    const draft = join(this.root, `draft-${randomUUID()}`)
    await mkdir(this.root, { recursive: true })
    await this.#local(this.root, ['init', '--quiet', '--bare', '--template=', '--', draft], this.#closing.signal)
    await writeFile(join(draft, ADDRESS_FILE), this.url)
    try {
      await rename(draft, this.dir)
    } catch (error) {
      await rm(draft, { recursive: true, force: true })
      // Another process was first: its repository is as good.
      if (!(await exists(join(this.dir, 'HEAD')))) throw error
    }
  }
}

/** Addresses of the repositories that lie under a directory; one that is being made, or is none of ours, is passed over. */
export async function cachedRemotes(root: string): Promise<string[]> {
  const names = await readdir(root).catch(() => [])
  const addresses = names
    .filter((name) => name.endsWith('.git'))
    .map((name) => readFile(join(root, name, ADDRESS_FILE), 'utf8').catch(() => undefined))
  return (await Promise.all(addresses)).filter((address) => address !== undefined)
}

/** What a file of a reference names; `undefined`: there is no such file, or it is being written, or it names no commit of a SHA-1 repository. */
async function readCommit(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return /^([0-9a-f]{40})\n$/.exec(text)?.[1]
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}
