import { VarTrackError } from '@vartrack/errors'
import type Redlock from 'redlock'
import type { Lock } from 'redlock'

/** A lock that is kept until it is released or lost. */
export interface HeldLock {
  /** Aborts with `lock.lost` when the lock could not be kept: another may hold it by now. */
  readonly lost: AbortSignal
  /** Never throws: a lock that cannot be released ends by itself. */
  release(): Promise<void>
}

/**
 * Takes a lock once and extends it every third of its time.
 * A process that was stopped learns of the loss first thing: the deadline is a timer on the monotonic clock.
 * @returns `undefined` when somebody else has it
 */
export async function tryLock(redlock: Redlock, resource: string, ttlMs: number): Promise<HeldLock | undefined> {
  const asked = performance.now()
  const lock = await redlock.acquire([resource], ttlMs, { retryCount: 0 }).catch(notNow)
  return lock === null ? undefined : keep(redlock, lock, resource, ttlMs, asked)
}

function keep(redlock: Redlock, first: Lock, resource: string, ttlMs: number, asked: number): HeldLock {
  const controller = new AbortController()
  let lock = first
  let deadline = setTimeout(() => end(), ttlMs - (performance.now() - asked))
  const extending = setInterval(() => void extend(), ttlMs / 3)
  const end = () => {
    clearTimeout(deadline)
    clearInterval(extending)
    controller.abort(lockLost(resource))
  }
  const extend = async () => {
    const since = performance.now()
    try {
      lock = await redlock.extend(lock, ttlMs, { retryCount: 0 })
    } catch {
      return // The deadline stands; the next try may still come in time.
    }
    if (controller.signal.aborted) return
    clearTimeout(deadline)
    deadline = setTimeout(end, ttlMs - (performance.now() - since))
  }
  return {
    lost: controller.signal,
    async release() {
      clearTimeout(deadline)
      clearInterval(extending)
      await redlock.release(lock).catch(notNow)
    },
  }
}

/** Redlock throws alike for a lock that is taken and for a Redis that does not answer. */
function notNow(): null {
  return null
}

/** An abort without a reason of ours would look like a defect, for which no job is tried again. */
function lockLost(resource: string): VarTrackError {
  return new VarTrackError({
    code: 'lock.lost',
    message: `The lock ${resource} could not be kept; another may hold it by now.`,
    remedy: 'The process was stopped, busy or cut off from Redis for longer than the lock lasts; the work is tried again.',
    disposition: { kind: 'retry' },
  })
}
