import type { Worker } from 'bullmq'
import { lockLost } from './stored-error.js'

/** Tells a running job that its lock has gone. */
export interface LockWatch {
  /** Listens to the renewals of a worker. */
  follow(worker: Worker): void
  /** Watches one running job. @returns ends the watch */
  watch(jobId: string, abort: (reason: Error) => void): () => void
}

/**
 * BullMQ reports a refused renewal and nothing else: not a process that was stopped past its lock, and not a Redis that is away. So a lock counts as
 * lost, too, when it was not renewed for as long as it lasts. The timer is monotonic: after SIGCONT it fires before anything else is done.
 */
export function createLockWatch(lockMs: number): LockWatch {
  const watched = new Map<string, { readonly timer: NodeJS.Timeout; readonly lose: () => void }>()
  return {
    follow(worker) {
      worker.on('locksRenewed', ({ jobIds }) => {
        for (const id of jobIds) watched.get(id)?.timer.refresh()
      })
      worker.on('lockRenewalFailed', (jobIds) => {
        for (const id of jobIds) watched.get(id)?.lose()
      })
    },
    watch(jobId, abort) {
      const lose = () => abort(lockLost(jobId))
      const timer = setTimeout(lose, lockMs)
      watched.set(jobId, { timer, lose })
      return () => {
        clearTimeout(timer)
        watched.delete(jobId)
      }
    },
  }
}
