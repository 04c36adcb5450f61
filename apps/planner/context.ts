import type { Bundle } from '@vartrack/bundle'
import type { Core } from '@vartrack/core'
import type { CompileContext, SessionPool } from '@vartrack/engine'
import type { GitCache, Remote } from '@vartrack/git'
import type { Producer } from '@vartrack/queues'
import type { LocationSources, Registries, Validator } from '@vartrack/schemas'
import type { Sink } from '@vartrack/sink-kit'
import type { State } from '@vartrack/state'

/** What the planner says while it works; one line an event. */
export interface PlannerLog {
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
  error(fields: Record<string, unknown>, message: string): void
}

/** Everything the planner's jobs work with; `main.ts` wires it, tests pass their own. */
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
  readonly log: PlannerLog
}
