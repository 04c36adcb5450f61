import type { Core, Release } from '@vartrack/core'
import type { Session, SinkTraits } from '@vartrack/sink-kit'
import type { Target } from '@vartrack/state'
import type { JournalCache } from './journal-cache.js'

/** What an engine call works with. */
export interface EngineContext {
  readonly core: Core
  readonly session: Session
  readonly traits: SinkTraits
  readonly signal: AbortSignal
  /** Journals read or written before; without it each call reads them at the destination. */
  readonly journals?: JournalCache
}

/** One source's release for one destination, and how to bring it there. */
export interface ApplyRequest {
  readonly location: string
  readonly source: string
  readonly ref: string
  readonly environment: string
  readonly generation: number
  readonly commit: string
  readonly release: Release
  readonly syncMode: Target['syncMode']
  readonly prune: Target['prune'] & { readonly approved?: boolean }
  /** Keep what the changed keys held, so that the change set can be undone. */
  readonly undo: boolean
  /** Compare with live values although the head says that the release is there already. */
  readonly repair: boolean
}

/**
 * Does the write keep what it replaces? Where it is not visible at once it may end in the middle, and is undone by that even if it is alone in its change
 * set; but LIVE_STATE is asked for by who wants no reading.
 */
export function keepsUndo({ traits }: Pick<EngineContext, 'traits'>, { undo, syncMode }: ApplyRequest): boolean {
  return undo || (traits.atomic === 'key' && syncMode !== 'LIVE_STATE')
}

const UPSERT_ALL_LIMIT = 500

/** How puts are chosen. AUTO writes every key up to 500 of them, above that only what differs (product.md, Writing). */
export function writeMode(mode: Target['syncMode'], entries: number): 'write-all' | 'repair' {
  if (mode === 'AUTO') return entries <= UPSERT_ALL_LIMIT ? 'write-all' : 'repair'
  return mode === 'GIT_SMART_REPAIR' ? 'repair' : 'write-all'
}
