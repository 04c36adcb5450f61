import type { Bundle } from '@vartrack/bundle'
import type { Core } from '@vartrack/core'
import type { CompileContext, SessionPool } from '@vartrack/engine'
import type { GitCache, Remote } from '@vartrack/git'
import type { EventLog } from '@vartrack/host'
import type { Producer } from '@vartrack/queues'
import type { LocationSources, Registries, Validator } from '@vartrack/schemas'
import type { Sink } from '@vartrack/sink-kit'
import type { State } from '@vartrack/state'

/** Everything the planner's jobs work with; `start.ts` wires it, tests pass their own. */
export interface PlannerContext {
  readonly bundle: () => Bundle
  readonly core: Core
  readonly sinks: ReadonlyMap<string, Sink>
  readonly sessions: SessionPool
  readonly git: GitCache
  /** Where a repository is fetched from, its token resolved. */
  readonly remote: (platform: string, repo: string) => Promise<Remote>
  readonly parser: CompileContext['parser']
  readonly cache: CompileContext['cache']
  readonly schemaSources: () => LocationSources
  readonly schemas: Registries
  readonly validator: Validator
  readonly state: State
  readonly producer: Pick<Producer, 'add' | 'addFlow'>
  readonly metrics: {
    plan(cause: string, outcome: string, seconds: number): void
    step(step: string, seconds: number): void
  }
  readonly log: EventLog
}
