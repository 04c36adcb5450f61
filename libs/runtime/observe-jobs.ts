import { describeError } from '@vartrack/errors'
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'

interface Facts {
  readonly queue: string
  readonly name: string
  readonly jobId: string
  readonly correlation: string
  readonly attempt: number
  readonly waitedMs: number
}

interface End {
  readonly outcome: string
  readonly durationMs: number
  readonly error?: Error
}

interface Quarantined {
  readonly queue: string
  readonly name: string
  readonly jobId: string
  readonly correlation: string
  readonly reason: string
}

/** Hooks for a consumer of `@vartrack/queues`: a line and a metric for every run of a job, both masked by the logger. */
export function observeJobs(log: Logger, metrics: Metrics['jobs']) {
  return {
    onError: (error: Error) => log.warn({ code: 'queue.fault' }, error.message),
    onStart: (job: Facts) => metrics.started(job.queue, job.name, job.waitedMs / 1000),
    onEnd(job: Facts, end: End) {
      metrics.ended(job.queue, job.name, end.outcome, end.durationMs / 1000)
      const { name, waitedMs, ...facts } = job
      const fields = { ...facts, job: name, waitedMs: Math.round(waitedMs), durationMs: Math.round(end.durationMs) }
      if (end.error === undefined) log.debug(fields, 'job completed')
      else log[end.outcome === 'failed' ? 'error' : 'warn'](fields, `job ${end.outcome}: ${describeError(end.error)}`)
    },
    onQuarantine(entry: Quarantined) {
      metrics.quarantined(entry.queue)
      const { name, ...facts } = entry
      log.error({ ...facts, job: name }, 'job put into quarantine: look at it on the board, then add it again or remove it')
    },
  }
}
