import { type EngineContext, journalOf } from '@vartrack/engine'
import type { Head } from '@vartrack/sink-kit'
import type { SourceAt, Target } from '@vartrack/state'
import type { WriterContext } from './context.js'

/** What a source has at a destination. */
export interface Holding {
  /** `undefined`: it has never written there. */
  readonly head: Head | undefined
  /** What it owns; null when nobody knows. */
  readonly ledger: Buffer | null
}

/** Asks the destination. @throws VarTrackError from the store */
export async function holdingAt({ session, signal }: EngineContext, { location, source }: SourceAt): Promise<Holding> {
  const head = (await session.heads(location, signal)).find((candidate) => candidate.source === source)
  return { head, ledger: (await journalOf(session, location, head, signal))?.ledger ?? null }
}

/**
 * Lets the state say what is there, once a change set has failed: its target would have the watcher compare with a release that was put back, and its claim
 * would keep keys from others that nobody has. What a later plan has said by now stays.
 */
export async function recordHolding(target: Target, { head, ledger }: Holding, { state }: Pick<WriterContext, 'state'>): Promise<void> {
  if (!head || head.entries === 0) {
    const generation = head?.generation ?? target.generation
    await Promise.all([state.removeTarget({ ...target, generation }), state.restoreClaim(target, target.generation, undefined)])
    return
  }
  const { source, ref, environment, digest, generation, commit, entries } = head
  const known = await state.target(target)
  await state.restoreClaim(target, target.generation, { source, ref, environment, digest })
  if (known && known.generation > generation) return
  await state.putTarget({ ...(known ?? target), ref, environment, digest, generation, commit, entries })
  if (ledger) await state.putLedger(target, head.journal, ledger)
}
