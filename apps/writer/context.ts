import type { Core } from '@vartrack/core'
import type { JournalCache, SessionPool } from '@vartrack/engine'
import type { Producer } from '@vartrack/queues'
import type { SourceAt, State } from '@vartrack/state'

/** What the writer says while it works; one line an event. */
export interface WriterLog {
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
  error(fields: Record<string, unknown>, message: string): void
}

/** Everything a write job works with. */
export interface WriterContext {
  readonly core: Core
  readonly sessions: SessionPool
  /** Journals of earlier writes. */
  readonly journals: JournalCache
  readonly state: State
  /** Keeps two writers from wasting work on one destination; the fence at the destination is what makes writes safe. */
  readonly exclusively: <T>(at: SourceAt, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>) => Promise<T>
  readonly producer: Pick<Producer, 'add'>
  readonly observe: (datasource: string, state: string, seconds: number) => void
  readonly log: WriterLog
}
