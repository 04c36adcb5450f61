import { VarTrackError } from '@vartrack/errors'
import type { Remote, Repository } from './contract.js'
import { gitEnvironment } from './environment.js'
import { cacheFailure } from './failure.js'
import { checkObjectId, checkRef } from './names.js'
import { runGit } from './run-git.js'
import type { SmartHttp } from './smart-http/smart-http.js'
import type { RepositoryStore } from './store.js'
import { markCaseCollisions } from './tree.js'
import { tryAgain } from './try-again.js'
import { createWalk, type Walk } from './walk.js'

/** A tag or commit object that is larger is no honest one. */
const MAX_COMMIT_BYTES = 1024 * 1024
/** A fetch that makes progress may take so many times the platform's timeout in all. */
const FETCH_TOTAL_FACTOR = 20

/** What the repositories of one cache share. */
export interface Sharing {
  /** The part of the process's environment that git gets. */
  readonly base: Readonly<Record<string, string>>
  readonly maxTreeEntries: number
  /** Tried before `git fetch`; `undefined`: not at all. */
  readonly smartHttp: SmartHttp | undefined
}

/** The contract's face of a store, with the credentials of one caller. */
export function openRepository(store: RepositoryStore, remote: Remote, { base, maxTreeEntries, smartHttp }: Sharing): Repository {
  const walk = createWalk(store.reader, maxTreeEntries)
  return {
    async fetch(ref, signal) {
      checkRef(ref)
      try {
        await store.ready()
        const brought = await smartHttp?.fetch(store, remote, ref, signal)
        const id = brought ?? (await tryAgain(remote, signal, () => fetchRef(store, remote, base, ref, signal)))
        return id === undefined || !ref.startsWith('refs/tags/') ? id : await peel(store, id)
      } catch (error) {
        throw cacheFailure(error)
      }
    },
    async tree(commit, signal, prefixes = []) {
      checkObjectId(commit)
      await store.ready()
      return markCaseCollisions(await walk.entries(commit, prefixes, signal))
    },
    changedPaths: (from, to, signal) => changedPaths(store, walk, from, to, signal),
    async blob(id, maxBytes, signal) {
      checkObjectId(id)
      await store.ready()
      signal.throwIfAborted()
      const object = await store.reader.read(id, maxBytes)
      if (object?.type !== 'blob') throw missing(`There is no file content ${id} in the Git cache.`)
      return object.bytes
    },
  }
}

/** One git command: it asks for the head and brings what is new behind it. `undefined`: the ref is gone. */
async function fetchRef(
  store: RepositoryStore,
  remote: Remote,
  base: Readonly<Record<string, string>>,
  ref: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const own = store.newFetchRef()
  const switches = ['--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--no-recurse-submodules', '--progress']
  try {
    await runGit({
      args: ['fetch', ...switches, '--', remote.url, `+${ref}:${own}`],
      cwd: store.dir,
      environment: gitEnvironment(base, remote),
      idleMs: remote.timeoutMs,
      totalMs: remote.timeoutMs * FETCH_TOTAL_FACTOR,
      signal,
    })
  } catch (error) {
    if (error instanceof VarTrackError && error.code === 'git.ref_missing') return undefined
    throw error
  }
  return await store.keep(own, ref)
}

/** The commit an annotated tag points at. */
async function peel(store: RepositoryStore, id: string): Promise<string> {
  const commit = await store.reader.read(`${id}^{commit}`, MAX_COMMIT_BYTES)
  if (commit?.type !== 'commit') throw missing(`The tag ${id} does not point at a commit.`)
  return commit.id
}

async function changedPaths(store: RepositoryStore, walk: Walk, from: string, to: string, signal: AbortSignal): Promise<string[] | undefined> {
  checkObjectId(from)
  checkObjectId(to)
  if (from === to) return []
  await store.ready()
  try {
    return await walk.differences(from, to, signal)
  } catch (error) {
    if (error instanceof VarTrackError && ['git.commit_missing', 'git.tree_too_large'].includes(error.code)) return undefined
    throw error
  }
}

function missing(message: string): VarTrackError {
  return new VarTrackError({ code: 'git.commit_missing', message, remedy: 'Plan again: the ref may have moved.', disposition: { kind: 'replan' } })
}
