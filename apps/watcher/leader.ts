import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Bundle } from '@vartrack/bundle'
import { toVarTrackError } from '@vartrack/errors'
import type { EventLog } from '@vartrack/host'
import type { Producer, ScheduledJob } from '@vartrack/queues'
import type { RegistryLocation } from '@vartrack/schemas'
import { type Scheduler, wantedSchedulers } from './schedule.js'

/** How often the leader compares Redis with the bundle, in ms: what FLUSHALL took is back after that. */
const COMPARE_EVERY_MS = 5_000

/** What leading works with. */
export interface LeadContext {
  readonly bundle: () => Bundle
  readonly registries: () => readonly RegistryLocation[]
  readonly producer: Pick<Producer, 'schedulers' | 'upsertScheduler' | 'removeScheduler'>
  readonly log: Pick<EventLog, 'info' | 'warn'>
}

/** Keeps the job schedulers in step with the bundle for as long as this process leads. */
export async function keepSchedules(epoch: number, signal: AbortSignal, context: LeadContext): Promise<void> {
  context.log.info({ epoch }, 'leading: this process keeps the schedules')
  while (!signal.aborted) {
    try {
      await syncSchedules(signal, context)
    } catch (thrown) {
      const error = toVarTrackError(thrown)
      context.log.warn({ code: error.code }, `the schedules could not be compared: ${error.message}`)
    }
    await pause(COMPARE_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined)
  }
  context.log.info({ epoch }, 'leading no more')
}

/**
 * Adds what is missing or stuck, changes what differs, removes what the bundle no longer asks for. A leader that was stopped and goes on changes nothing any
 * more; what its jobs do needs no fence: a poll compares with the ledger and a heal plans the head, whoever scheduled them.
 */
export async function syncSchedules(signal: AbortSignal, context: LeadContext): Promise<void> {
  const wanted = wantedSchedulers(context.bundle(), context.registries())
  for (const job of ['poll', 'sweep', 'refresh'] as const) {
    await syncJob(
      job,
      wanted.filter((one) => one.job === job),
      signal,
      context,
    )
  }
}

async function syncJob(job: ScheduledJob, wanted: readonly Scheduler[], signal: AbortSignal, context: LeadContext): Promise<void> {
  const present = new Map((await context.producer.schedulers(job)).map((one) => [one.id, one]))
  for (const one of wanted) {
    const found = present.get(one.id)
    present.delete(one.id)
    if ((found?.everyMs !== one.everyMs || found.stuck) && !signal.aborted) await upsert(one, context)
  }
  for (const id of present.keys()) if (!signal.aborted) await context.producer.removeScheduler(job, id)
}

function upsert(one: Scheduler, context: LeadContext): Promise<void> {
  const correlation = `${one.id}-${randomUUID()}`
  if (one.job === 'poll') return context.producer.upsertScheduler('poll', one.id, one.everyMs, { correlation, ...one.data })
  if (one.job === 'refresh') return context.producer.upsertScheduler('refresh', one.id, one.everyMs, { correlation, ...one.data })
  return context.producer.upsertScheduler('sweep', one.id, one.everyMs, { correlation, ...one.data })
}
