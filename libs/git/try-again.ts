import { setTimeout as pause } from 'node:timers/promises'
import { VarTrackError } from '@vartrack/errors'
import type { Remote } from './contract.js'

/** Before the first try of those that follow; each waits twice as long as the one before, up to the longest. */
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5_000

/**
 * Asks a Git host again where it could not be reached or broke off, as often as its platform says. Not where it did not answer within its time: that has held
 * the job long enough, and the job is tried again by itself.
 * @throws what the last try threw
 */
export async function tryAgain<T>({ maxRetries = 0 }: Pick<Remote, 'maxRetries'>, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  for (let retry = 0; ; retry += 1) {
    try {
      return await ask()
    } catch (error) {
      const mayPass = error instanceof VarTrackError && error.code === 'git.unreachable'
      if (!mayPass || retry >= maxRetries || signal.aborted) throw error
      // Called off: the next try says so.
      await pause(Math.min(FIRST_PAUSE_MS * 2 ** retry, LONGEST_PAUSE_MS), undefined, { signal }).catch(() => undefined)
    }
  }
}
