import type { Core } from '@vartrack/core'
import { type ApplyRequest, apply, type EngineContext, restore } from '@vartrack/engine'
import type { Session, Sink } from '@vartrack/sink-kit'
import { releaseOf } from '../releases.js'

export const SOURCE = 'github/acme/app'

/** One piece of work of a writer, as plain data, so that another process can do it. */
export interface Work {
  readonly kind: 'apply' | 'restore'
  readonly location: string
  /** {@link SOURCE} where nothing is said. */
  readonly source?: string
  readonly generation: number
  /** The JSON file that is applied; of a restore it says nothing. */
  readonly json: string
  readonly prune: boolean
}

/** Does a piece of work over a session, as a writer that remembers nothing. @returns how it ended */
export async function perform(work: Work, core: Core, session: Session, sink: Sink, signal: AbortSignal): Promise<string> {
  const context: EngineContext = { core, session, traits: sink.traits, signal }
  const { location, generation, source = SOURCE } = work
  if (work.kind === 'restore') return restore(context, { location, source, generation, mayArrive: true })
  return (await apply(context, await requestOf(work, core))).state
}

async function requestOf({ location, source = SOURCE, generation, json, prune }: Work, core: Core): Promise<ApplyRequest> {
  return {
    location,
    source,
    ref: 'refs/heads/main',
    environment: 'production',
    generation,
    commit: generation.toString(16).padStart(40, '0'),
    release: await releaseOf(core, json),
    syncMode: 'AUTO',
    prune: { enabled: prune, approved: true, scope: 'owned', last: false, dryRun: false, protection: [] },
    undo: true,
    repair: false,
  }
}
