import type { Bundle, Platform } from '@vartrack/bundle'
import { type Core, loadCore } from '@vartrack/core'
import { createSessionPool, type SessionPool } from '@vartrack/engine'
import { VarTrackError } from '@vartrack/errors'
import { createGitCache, type FetchReport, type GitCache, passedEnvironment, type Remote } from '@vartrack/git'
import { platformHandlers } from '@vartrack/platforms'
import type { Sink, SinkContext } from '@vartrack/sink-kit'
import { sinks } from '@vartrack/sinks'

/** What reaches out of the process: the core, the stores, the repositories. */
export interface Stores {
  readonly core: Core
  readonly sinks: ReadonlyMap<string, Sink>
  readonly sessions: SessionPool
  readonly git: GitCache
  /** Where a repository is fetched from, its token resolved. @throws VarTrackError `platform.unknown`, `secret.*` */
  remote(platform: string, repo: string): Promise<Remote>
  close(): Promise<void>
}

/** What stores are opened with. */
export interface StoresOptions {
  readonly bundle: () => Bundle
  readonly secret: SinkContext['secret']
  readonly gitCacheDir: string
  /** Of the process; git gets the part it needs. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Told how each fetch was done. */
  readonly observeFetch: (report: FetchReport) => void
}

/** Opens what the jobs of planner, writer and watcher reach out with; sessions open when first used. */
export function openStores(options: StoresOptions): Stores {
  const registry = new Map<string, Sink>(Object.entries(sinks))
  const closing = new AbortController()
  const datasources = () => options.bundle().datasources
  const sessions = createSessionPool({ datasources, sinks: registry, secret: options.secret, signal: closing.signal })
  const environment = passedEnvironment(options.environment)
  const git = createGitCache({ dir: options.gitCacheDir, environment, observe: options.observeFetch })
  return {
    core: loadCore(),
    sinks: registry,
    sessions,
    git,
    remote: async (platform, repo) => remoteOf(findPlatform(options.bundle(), platform), repo, options.secret),
    async close() {
      closing.abort()
      await Promise.all([sessions[Symbol.asyncDispose](), git.close()])
    },
  }
}

async function remoteOf(platform: Platform, repo: string, secret: SinkContext['secret']): Promise<Remote> {
  return {
    url: platformHandlers[platform.kind].cloneUrl(platform, repo),
    token: platform.token === undefined ? undefined : await secret(platform.token),
    verifySsl: platform.verifySsl,
    timeoutMs: platform.timeoutMs,
    maxRetries: platform.maxRetries,
  }
}

function findPlatform(bundle: Bundle, name: string): Platform {
  const platform = bundle.platforms.find((candidate) => candidate.name === name)
  if (platform) return platform
  throw new VarTrackError({
    code: 'platform.unknown',
    message: `The bundle has no platform ${name}.`,
    remedy: 'It was there when this was planned; put it back or remove its rules.',
  })
}
