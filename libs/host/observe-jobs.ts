import { describeError } from '@vartrack/errors'
import type { ConsumerHooks } from '@vartrack/queues'
import type { Logger, Metrics } from '@vartrack/runtime'

/** Hooks for a consumer: a line and a metric for every run of a job, both masked by the logger. The payload of a job in quarantine is not logged. */
export function observeJobs(log: Logger, metrics: Metrics['jobs']): ConsumerHooks {
  return {
    onError: (error) => log.warn({ code: 'queue.fault' }, error.message),
    onStart: (job) => metrics.started(job.queue, job.name, job.waitedMs / 1000),
    onEnd(job, end) {
      metrics.ended(job.queue, job.name, end.outcome, end.durationMs / 1000)
      const { name, waitedMs, ...facts } = job
      const fields = { ...facts, job: name, waitedMs: Math.round(waitedMs), durationMs: Math.round(end.durationMs) }
      if (end.error === undefined) log.debug(fields, 'job completed')
      else log[end.outcome === 'failed' ? 'error' : 'warn'](fields, `job ${end.outcome}: ${describeError(end.error)}`)
    },
    onQuarantine({ queue, name, jobId, correlation, reason }) {
      metrics.quarantined(queue)
      log.error({ queue, job: name, jobId, correlation, reason }, 'job put into quarantine: look at it on the board, then add it again or remove it')
    },
  }
}
