import type { Journal } from '@vartrack/engine'
import { createSizedCache, type Host, schemaSources } from '@vartrack/host'
import { allRegistries } from '@vartrack/schemas'
import type { WatcherContext } from './context.js'
import { healJob } from './heal-job.js'
import { keepSchedules } from './leader.js'
import { pollJob } from './poll-job.js'
import { sweepJob } from './sweep-job.js'

/** Ledgers kept in memory between polls, in bytes. */
const CACHE_BYTES = 128 * 1024 * 1024

/** Works the queues `poll`, `sweep` and `heal`, and stands for leader of the schedules. */
export async function startWatcher(host: Host): Promise<void> {
  const context: WatcherContext = {
    ...host.stores,
    bundle: () => host.bundle.current(),
    journals: createSizedCache<Journal>(CACHE_BYTES, (journal) => journal.ledger.length),
    state: host.state,
    producer: host.producer,
    exclusively: host.exclusively,
    healTimeoutMs: host.config.healTimeoutMs,
    metrics: host.metrics.watcher,
    log: host.log,
  }
  await host.consume('poll', { poll: (job, { signal }) => pollJob(job, signal, context) })
  await host.consume('sweep', { sweep: (job, { signal }) => sweepJob(job, signal, context) })
  await host.consume('heal', { heal: (job, { signal }) => healJob(job, signal, context) })
  await host.lead('watcher', ({ epoch, signal }) =>
    keepSchedules(epoch, signal, { ...context, producer: host.producer, registries: () => allRegistries(schemaSources(host)) }),
  )
}
