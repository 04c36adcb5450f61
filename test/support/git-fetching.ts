import { VarTrackError } from '@vartrack/errors'
import type { GitCache, Remote } from '@vartrack/git'
import { afterAll, beforeAll } from 'vitest'
import { type CachedHost, openCachedHost } from './cached-host.js'
import type { GitHost, HostedRepository } from './git-host.js'

/** A signal that is never given. */
export const never: AbortSignal = new AbortController().signal
export const main = 'refs/heads/main'

/** Longer than a busy machine needs to start the processes of host and fetch: only a host that hangs is to be given up. */
export const PATIENT_MS = 20_000

/** Everything holds whichever way a fetch goes. */
export const ways = [
  ['over connections of its own', true],
  ['by git fetch alone', false],
] as const

/** A Git host and a cache of its repositories, for the tests of one `describe`. @param inProcess see {@link ways} */
export function cachedHost(inProcess: boolean): { readonly host: GitHost; readonly dir: string; readonly cache: GitCache } {
  let opened: CachedHost
  beforeAll(async () => {
    opened = await openCachedHost({ inProcess })
  })
  afterAll(() => opened?.[Symbol.asyncDispose]())
  return {
    get host() {
      return opened.host
    },
    get dir() {
      return opened.dir
    },
    get cache() {
      return opened.cache
    },
  }
}

/** How a hosted repository is fetched from. */
export function remoteOf(repository: HostedRepository, over: Partial<Remote> = {}): Remote {
  return { url: repository.url, token: undefined, verifySsl: true, timeoutMs: PATIENT_MS, ...over }
}

/** `code disposition` of what a promise fails with. */
export async function code(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  )
  return error instanceof VarTrackError ? `${error.code} ${error.disposition.kind}` : String(error)
}
