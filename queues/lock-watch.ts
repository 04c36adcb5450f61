import { toVarTrackError } from '@vartrack/errors'
import type { Worker } from 'bullmq'
import { lockLost } from './stored-error.js'

/** Tells a running job that its lock has gone. */
export interface LockWatch {
  /** Listens to the renewals of a worker. */
  follow(worker: Worker): void
  /** Watches one running job, and aborts it. @returns ends the watch */
  watch(jobId: string, controller: AbortController): () => void
}

interface Watched {
  readonly renew: () => void
  readonly lose: () => void
}

/** Of each job that runs, by its signal: what aborts it when its time is over already. */
const checks = new WeakMap<AbortSignal, () => void>()

/**
 * BullMQ reports a refused renewal and nothing else: not a process that was stopped past its lock, and not a Redis that is away. So a lock counts as
 * lost, too, when it was not renewed for as long as it lasts. After SIGCONT an answer may come in before the timer fires: {@link hasLostLock} does not wait for
 * that, and an answer to a renewal that was asked before the stop renews nothing.
 */
export function createLockWatch(lockMs: number): LockWatch {
  const watched = new Map<string, Watched>()
  return {
    follow(worker) {
      worker.on('locksRenewed', ({ jobIds }) => {
        for (const id of jobIds) watched.get(id)?.renew()
      })
      worker.on('lockRenewalFailed', (jobIds) => {
        for (const id of jobIds) watched.get(id)?.lose()
      })
    },
    watch(jobId, controller) {
      let renewedAt = performance.now()
      const lose = () => controller.abort(lockLost(jobId))
      const timer = setTimeout(lose, lockMs)
      const check = () => {
        if (performance.now() - renewedAt > lockMs) lose()
      }
      const renew = () => {
        check()
        renewedAt = performance.now()
        timer.refresh()
      }
      watched.set(jobId, { renew, lose })
      checks.set(controller.signal, check)
      return () => {
        clearTimeout(timer)
        watched.delete(jobId)
      }
    },
  }
}

/** Did a job lose its lock? Aborts its signal when the time is over and the timer has not come to that yet. */
export function hasLostLock(signal: AbortSignal): boolean {
  checks.get(signal)?.()
  return signal.aborted && toVarTrackError(signal.reason).code === 'job.lock_lost'
}
