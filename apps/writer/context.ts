import type { Core } from '@vartrack/core'
import type { JournalCache, SessionPool } from '@vartrack/engine'
import type { EventLog, Host } from '@vartrack/host'
import type { Producer } from '@vartrack/queues'
import type { State } from '@vartrack/state'

/** Everything a write job works with. */
export interface WriterContext {
  readonly core: Core
  readonly sessions: SessionPool
  /** Journals of earlier writes. */
  readonly journals: JournalCache
  readonly state: State
  /** Keeps two writers from wasting work on one destination; the fence at the destination is what makes writes safe. */
  readonly exclusively: Host['exclusively']
  readonly producer: Pick<Producer, 'add'>
  readonly observe: (datasource: string, state: string, seconds: number) => void
  readonly log: EventLog
}
