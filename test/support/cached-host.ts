import { createGitCache, type GitCache, type GitCacheOptions } from '@vartrack/git'
import { type GitFront, startGitFront } from './git-front.js'
import { type GitHost, startGitHost } from './git-host.js'
import { temporaryDirectory } from './temporary-directory.js'

/** A Git host, a front that can lie for it, and a cache that fetches from either. */
export interface CachedHost extends AsyncDisposable {
  readonly host: GitHost
  readonly front: GitFront
  /** Where the cache lies. */
  readonly dir: string
  readonly cache: GitCache
}

/** All that git gets of the environment of a test. */
export const GIT_ENVIRONMENT = { PATH: process.env['PATH'] ?? '' }

/** Opens all of it; disposing of it removes the cache, too. @param options where they differ from those of a process */
export async function openCachedHost(options: Omit<GitCacheOptions, 'dir'> = {}): Promise<CachedHost> {
  const host = await startGitHost()
  const front = await startGitFront(host.url)
  const directory = await temporaryDirectory('git-cache')
  const cache = createGitCache({ environment: GIT_ENVIRONMENT, ...options, dir: directory.path })
  return {
    host,
    front,
    dir: directory.path,
    cache,
    async [Symbol.asyncDispose]() {
      await cache.close()
      await front[Symbol.asyncDispose]()
      await host.close()
      await directory[Symbol.asyncDispose]()
    },
  }
}
