import { z } from 'zod'

/**
 * Payloads of the jobs: ids, shas and digests, never values or credentials, under 4 KB. Checked when a job is added and again when it is worked,
 * because a job may be edited on the board or forged in Redis.
 */
const Correlation = { version: z.literal(1), correlation: z.string().min(1).max(128) }
/** Without control characters and lone surrogates: no store and no Git knows such a name. */
const Name = z
  .string()
  .max(512)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'must be one line of text')
const Location = z
  .string()
  .max(2048)
  .regex(/^\P{Cs}*$/u, 'must be text')

/** Bring what a ref says to every destination it feeds. Reads the head of the ref; carries no sha to apply. */
export const PlanJob = z.strictObject({
  ...Correlation,
  cause: z.enum(['webhook', 'sync', 'sweep', 'heal', 'reload']),
  platform: Name,
  repo: Name,
  ref: Name,
  /** Only destinations of this datasource. */
  datasource: Name.optional(),
  /** Only this location of the datasource: heal. */
  location: Location.optional(),
  pullRequest: z.strictObject({ number: z.number().int().positive(), head: Name, base: Name, closed: z.boolean() }).optional(),
  defaultBranch: Name.optional(),
  dryRun: z.boolean(),
  /** Read every file and repair live values, whatever the pushed commits touched. */
  full: z.boolean(),
})
export type PlanJob = z.infer<typeof PlanJob>

/** Write one target of a change set. One queue per sink type. */
export const WriteJob = z.strictObject({
  ...Correlation,
  changeSet: Name,
  target: z.number().int().nonnegative(),
  /** The deferred deletes of a target that was written: `prune.last`. */
  prune: z.boolean().optional(),
})
export type WriteJob = z.infer<typeof WriteJob>

/** Put back what one target of a change set wrote. Goes to the queue of its sink. */
export const RestoreJob = z.strictObject({ ...Correlation, changeSet: Name, target: z.number().int().nonnegative() })
export type RestoreJob = z.infer<typeof RestoreJob>

/** Runs when every write of a change set has ended either way. */
export const SettleJob = z.strictObject({ ...Correlation, changeSet: Name })
export type SettleJob = z.infer<typeof SettleJob>

/** Compare every live target of a datasource with its ledger. `epoch` was carried by older versions, whose schedulers may still lie in Redis. */
export const PollJob = z.strictObject({ ...Correlation, datasource: Name, epoch: z.number().optional() })
export type PollJob = z.infer<typeof PollJob>

/** Put one destination back to what Git says. */
export const HealJob = z.strictObject({ ...Correlation, datasource: Name, location: Location, source: Name })
export type HealJob = z.infer<typeof HealJob>

/** Compare the heads of a platform's refs with what was planned, for missed webhooks. */
export const SweepJob = z.strictObject({ ...Correlation, platform: Name })
export type SweepJob = z.infer<typeof SweepJob>

/** Read a schema registry, and plan again what it governs when it has changed. */
export const RefreshJob = z.strictObject({ ...Correlation, registry: z.string().min(1).max(2048) })
export type RefreshJob = z.infer<typeof RefreshJob>

/** A job that took its worker down more often than is borne, or whose payload nobody can read: kept for a person to look at. */
export const QuarantineJob = z.strictObject({
  ...Correlation,
  queue: Name,
  name: z.string().max(512),
  jobId: z.string().max(512),
  reason: z.string().max(4096),
  /** The payload as it was found. */
  data: z.unknown(),
  /** ISO 8601. */
  at: z.string(),
})
export type QuarantineJob = z.infer<typeof QuarantineJob>
