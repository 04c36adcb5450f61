import { setImmediate } from 'node:timers/promises'
import { GaveUp } from '../gave-up.js'

/** What one pack may take of the process that unpacks it. */
export interface Share {
  /**
   * Counts bytes before they are made.
   * @throws GaveUp `too_large` for a single thing, or a sum, that is left to git
   */
  take(bytes: number): void
  /** Lets others have the event loop, if it was held for a while. @throws whatever the signal was aborted with */
  pause(): Promise<void>
}

/** An object of more bytes, or a delta, is left to git. */
export const MAX_OBJECT_BYTES = 1024 * 1024
/** All objects, deltas, and bases of a pack together, unfolded. */
const MAX_BYTES = 8 * 1024 * 1024
/** The loop is held for so long at a time, and a step of at most the same. */
const HELD_MS = 1

export function createShare(signal: AbortSignal): Share {
  let left = MAX_BYTES
  let since = performance.now()
  return {
    take(bytes) {
      left -= bytes
      if (bytes > MAX_OBJECT_BYTES || left < 0) throw new GaveUp('too_large', 'the pack unfolds to more than is unpacked here')
    },
    async pause() {
      if (performance.now() - since < HELD_MS) return
      await setImmediate()
      signal.throwIfAborted()
      since = performance.now()
    },
  }
}
