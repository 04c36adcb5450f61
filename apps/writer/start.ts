import type { Journal } from '@vartrack/engine'
import { createSizedCache, type Host } from '@vartrack/host'
import type { Handlers } from '@vartrack/queues'
import type { WriterContext } from './context.js'
import { restoreJob } from './restore-job.js'
import { sinksToWork } from './sinks-to-work.js'
import { writeJob } from './write-job.js'

/** Journals kept in memory, in bytes. */
const CACHE_BYTES = 64 * 1024 * 1024

/** Works one queue per sink type: those of VT_SINKS, or all there are. */
export async function startWriter(host: Host): Promise<void> {
  const sinks = sinksToWork(host.config.sinks, [...host.stores.sinks.keys()])
  const context: WriterContext = {
    core: host.stores.core,
    sessions: host.stores.sessions,
    journals: createSizedCache<Journal>(CACHE_BYTES, (journal) => journal.ledger.length + (journal.undo?.length ?? 0)),
    state: host.state,
    exclusively: host.exclusively,
    producer: host.producer,
    observe: (datasource, state, seconds) => host.metrics.writer.write(datasource, state, seconds),
    log: host.log,
  }
  const handlers: Handlers<'write'> = {
    write: (job, { signal }) => writeJob(job, signal, context),
    restore: (job, { signal }) => restoreJob(job, signal, context),
  }
  for (const sink of sinks) await host.consume('write', handlers, { sink })
}
