import type { VarTrackError } from '@vartrack/errors'
import type { QuarantineJob } from './jobs.js'

/** A job as logs and metrics name it. */
export interface JobFacts {
  readonly queue: string
  readonly name: string
  readonly jobId: string
  readonly correlation: string
  /** Counts from 1. */
  readonly attempt: number
  /** From being added (or due) to being taken, in ms. */
  readonly waitedMs: number
}

/** How one run of a job ended. `failed` is for good; `lost` means that another worker has the job by now. */
export type JobOutcome = 'completed' | 'retried' | 'waiting' | 'failed' | 'handed_back' | 'lost'

/** The end of one run. */
export interface JobEnd {
  readonly outcome: JobOutcome
  readonly durationMs: number
  /** Absent when it completed. */
  readonly error?: VarTrackError
}

/** What a process hears from a consumer. */
export interface ConsumerHooks {
  /** Faults of the consumer itself, such as a lost connection. */
  onError(error: Error): void
  onStart?(job: JobFacts): void
  onEnd?(job: JobFacts, end: JobEnd): void
  onQuarantine?(entry: QuarantineJob): void
}
