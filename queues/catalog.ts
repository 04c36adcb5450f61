import type { z } from 'zod'
import { HealJob, PlanJob, PollJob, QuarantineJob, RefreshJob, RestoreJob, SettleJob, SweepJob, WriteJob } from './jobs.js'

/** The queues. `write` stands for one queue per sink type, named by {@link queueName}. */
export const QUEUES = ['plan', 'settle', 'write', 'poll', 'sweep', 'heal', 'refresh', 'quarantine'] as const
export type QueueKind = (typeof QUEUES)[number]

/**
 * Which of two waiting jobs goes first. A person's change waits behind no sweep, and putting back comes before all.
 * BullMQ takes jobs without a priority (0) before all others, then the lower number first. A queue whose jobs are all alike uses 0, which is cheapest.
 */
export const LANES = { urgent: 0, normal: 1, background: 10 } as const
export type Lane = keyof typeof LANES

/** What one job is: where it waits, what it carries, how often it is tried and how long it is kept. */
export interface JobDefinition {
  readonly queue: QueueKind
  readonly schema: z.ZodType
  /** Stamped into the payload; a worker refuses a version it does not know. */
  readonly version: number
  readonly lane: Lane
  /** How often the job is tried in all when it ends with `retry`. Crashes are counted apart (`maxStalledCount`). */
  readonly attempts: number
  readonly backoff: { readonly type: 'exponential'; readonly delay: number; readonly jitter: number }
  /** In ms; then the job's signal aborts with `job.timeout`, which is tried again. */
  readonly timeoutMs: number
  /** Ages in seconds. */
  readonly keepCompleted: { readonly age: number; readonly count: number }
  readonly keepFailed: { readonly age: number; readonly count: number }
}

const HOUR = 3600
const KEEP = { keepCompleted: { age: HOUR, count: 1000 }, keepFailed: { age: 7 * 24 * HOUR, count: 5000 } } as const
/** First wait 500 ms, doubled each time: five tries span about 8 s, eight about a minute, fourteen about an hour. Jitter keeps a fleet from returning at once. */
const BACKOFF = { type: 'exponential', delay: 500, jitter: 0.5 } as const
const MINUTE_MS = 60_000

/** Every job there is. Names that are not here exist nowhere else. */
export const CATALOG = {
  plan: { queue: 'plan', schema: PlanJob, version: 1, lane: 'normal', attempts: 8, backoff: BACKOFF, timeoutMs: 5 * MINUTE_MS, ...KEEP },
  settle: { queue: 'settle', schema: SettleJob, version: 1, lane: 'urgent', attempts: 8, backoff: BACKOFF, timeoutMs: 2 * MINUTE_MS, ...KEEP },
  write: { queue: 'write', schema: WriteJob, version: 1, lane: 'normal', attempts: 8, backoff: BACKOFF, timeoutMs: 5 * MINUTE_MS, ...KEEP },
  // What is not put back stays wrong until the next push: a store that is away for half an hour must not end that.
  restore: { queue: 'write', schema: RestoreJob, version: 1, lane: 'urgent', attempts: 14, backoff: BACKOFF, timeoutMs: 5 * MINUTE_MS, ...KEEP },
  poll: { queue: 'poll', schema: PollJob, version: 1, lane: 'urgent', attempts: 1, backoff: BACKOFF, timeoutMs: 5 * MINUTE_MS, ...KEEP },
  // The next one comes a minute later: too late for what Redis has just lost, when it was not quite back.
  sweep: { queue: 'sweep', schema: SweepJob, version: 1, lane: 'urgent', attempts: 4, backoff: BACKOFF, timeoutMs: 5 * MINUTE_MS, ...KEEP },
  heal: { queue: 'heal', schema: HealJob, version: 1, lane: 'urgent', attempts: 4, backoff: BACKOFF, timeoutMs: 2 * MINUTE_MS, ...KEEP },
  refresh: { queue: 'refresh', schema: RefreshJob, version: 1, lane: 'urgent', attempts: 4, backoff: BACKOFF, timeoutMs: 2 * MINUTE_MS, ...KEEP },
  quarantined: {
    queue: 'quarantine',
    schema: QuarantineJob,
    version: 1,
    lane: 'urgent',
    attempts: 1,
    backoff: BACKOFF,
    timeoutMs: MINUTE_MS,
    ...KEEP,
  },
} as const satisfies Record<string, JobDefinition>

export type JobName = keyof typeof CATALOG
/** The payload of a job, as a handler gets it. */
export type JobData<N extends JobName> = z.output<(typeof CATALOG)[N]['schema']>
/** The payload of a job, as it is added: its version is stamped by the producer. */
export type JobInput<N extends JobName> = Omit<JobData<N>, 'version'>
/** The jobs of a queue. */
export type JobsOf<Q extends QueueKind> = { [N in JobName]: (typeof CATALOG)[N]['queue'] extends Q ? N : never }[JobName]

/** The definition of a job by the name found in Redis; `undefined` for a name nobody knows. */
export function findJob(name: string): JobDefinition | undefined {
  return Object.hasOwn(CATALOG, name) ? CATALOG[name as JobName] : undefined
}

/**
 * The name of a queue in Redis.
 * @param sink sink type of a `write` queue; each type has its own, so that each pool scales apart
 */
export function queueName(kind: QueueKind, sink = ''): string {
  if (kind !== 'write') return kind
  if (!/^[a-z][a-z0-9_-]*$/.test(sink)) throw new TypeError(`Not a sink type: "${sink}"`)
  return `write-${sink}`
}
