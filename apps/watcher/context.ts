import type { Bundle } from '@vartrack/bundle'
import type { Core } from '@vartrack/core'
import type { JournalCache, SessionPool } from '@vartrack/engine'
import type { GitCache, Remote } from '@vartrack/git'
import type { EventLog, Host } from '@vartrack/host'
import type { Producer } from '@vartrack/queues'
import type { State } from '@vartrack/state'

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
  readonly exclusively: Host['exclusively']
  /** How long a heal may take until it counts as failed. */
  readonly healTimeoutMs: number
  readonly metrics: WatcherMetrics
  readonly log: EventLog
}
