import { randomUUID } from 'node:crypto'
import type { GitCache, Remote, Repository } from './contract.js'
import { gitEnvironment } from './environment.js'
import { checkRemote } from './names.js'
import { openRepository } from './repository.js'
import { runGit } from './run-git.js'
import { type FetchReport, SmartHttp } from './smart-http/smart-http.js'
import { cachedRemotes, RepositoryStore } from './store.js'
import { tryAgain } from './try-again.js'

export interface GitCacheOptions {
  /** Holds one bare repository per remote; may be shared by several processes, and deleted while none runs. */
  readonly dir: string
  /** What git gets of the process's environment: `PATH`, `HOME` for ssh, proxy and certificate variables. Default: nothing but a standard `PATH`. */
  readonly environment?: Readonly<Record<string, string>>
  /** Files a commit may list, narrowed or not. Default 250,000. */
  readonly maxTreeEntries?: number
  /** Loose objects are packed after so many fetches of a repository. Default 500. */
  readonly tidyEvery?: number
  /** Fetch over connections of this process what can be fetched so. Default true; false: every fetch is a `git fetch`. */
  readonly inProcess?: boolean
  /** Told how each fetch was done, before its end. */
  readonly observe?: (report: FetchReport) => void
}

const TIDY_EVERY = 500
const MAX_TREE_ENTRIES = 250_000
/** Refs of a remote that are looked at; about 20 bytes to 300 each. */
const MAX_REF_LIST_BYTES = 64 * 1024 * 1024

/** The cache of bare repositories under a directory. Nothing is made before it is needed. */
export function createGitCache(options: GitCacheOptions): GitCache {
  const stores = new Map<string, RepositoryStore>()
  const base = options.environment ?? {}
  const smartHttp = options.inProcess === false ? undefined : new SmartHttp(base, options.observe ?? (() => undefined))
  const sharing = { base, smartHttp, maxTreeEntries: options.maxTreeEntries ?? MAX_TREE_ENTRIES }
  return {
    repository(remote): Repository {
      checkRemote(remote)
      const store = stores.get(remote.url) ?? new RepositoryStore(options.dir, remote.url, base, options.tidyEvery ?? TIDY_EVERY)
      stores.set(remote.url, store)
      return openRepository(store, remote, sharing)
    },
    async remoteHeads(remote, signal) {
      checkRemote(remote)
      return parseHeads(await tryAgain(remote, signal, () => listRemote(remote, base, signal)))
    },
    remotes: () => cachedRemotes(options.dir),
    async close() {
      for (const store of stores.values()) store.close()
      stores.clear()
      await smartHttp?.close()
    },
  }
}

async function listRemote(remote: Remote, base: Readonly<Record<string, string>>, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  await runGit({
    args: ['ls-remote', '--symref', '--', remote.url],
    cwd: '/',
    // A directory that is none: ls-remote must not take the configuration of a repository it happens to stand in.
    environment: { ...gitEnvironment(base, remote), GIT_DIR: `/nonexistent/${randomUUID()}` },
    idleMs: remote.timeoutMs,
    totalMs: remote.timeoutMs * 4,
    onOutput: (chunk) => {
      length += chunk.length
      if (length <= MAX_REF_LIST_BYTES) chunks.push(chunk)
    },
    signal,
  })
  return Buffer.concat(chunks).toString()
}

function parseHeads(listing: string): { refs: Map<string, string>; defaultRef: string | undefined } {
  const refs = new Map<string, string>()
  let defaultRef: string | undefined
  for (const line of listing.split('\n')) {
    const [left = '', name = ''] = line.split('\t')
    if (name === 'HEAD' && left.startsWith('ref: ')) defaultRef = left.slice('ref: '.length)
    // `refs/tags/v1^{}` follows an annotated tag and names the commit behind it, which is what a fetch of the tag gives.
    else if (name.startsWith('refs/')) refs.set(name.replace(/\^\{\}$/, ''), left)
  }
  return { refs, defaultRef }
}
