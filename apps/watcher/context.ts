import type { Bundle } from '@vartrack/bundle'
import type { Core } from '@vartrack/core'
import type { JournalCache, SessionPool } from '@vartrack/engine'
import type { GitCache, Remote } from '@vartrack/git'
import type { Producer } from '@vartrack/queues'
import type { State, Target } from '@vartrack/state'

/** What the watcher says while it works; one line an event. */
export interface WatcherLog {
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
}

/** The five `vartrack_watcher_*` metrics. */
export interface WatcherMetrics {
  poll(datasource: string): void
  drift(datasource: string): void
  heal(datasource: string): void
  healError(datasource: string): void
  pollSeconds(datasource: string, seconds: number): void
}

/** Everything the watcher's jobs work with. */
export interface WatcherContext {
  readonly bundle: () => Bundle
  readonly core: Core
  readonly sessions: SessionPool
  readonly journals: JournalCache
  readonly git: GitCache
  readonly remote: (platform: string, repo: string) => Promise<Remote>
  readonly state: State
  readonly producer: Pick<Producer, 'add'>
  /** Runs work while no writer works at the same destination. @throws VarTrackError `lock.busy` when one does not end */
  readonly exclusively: <T>(at: Target, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>) => Promise<T>
  /** How long a heal may take until it counts as failed. */
  readonly healTimeoutMs: number
  readonly metrics: WatcherMetrics
  readonly log: WatcherLog
}
