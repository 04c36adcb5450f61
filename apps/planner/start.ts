import { createParserPool } from '@vartrack/formats'
import { createSizedCache, type Host, schemaSources } from '@vartrack/host'
import type { PlannerContext } from './context.js'
import { openSchemas } from './open-schemas.js'
import { planJob } from './plan-job.js'
import { refreshJob } from './refresh-job.js'
import { settleJob } from './settle-job.js'

/** Threads for the formats that JavaScript parses. */
const PARSERS = 2
/** Compiled files kept in memory, in bytes. */
const CACHE_BYTES = 64 * 1024 * 1024

/** Works the queues `plan`, `settle` and `refresh`. */
export async function startPlanner(host: Host): Promise<void> {
  const pool = createParserPool({ workers: PARSERS })
  host.onClose('the parsers', async () => {
    await pool[Symbol.asyncDispose]()
  })
  const context: PlannerContext = {
    ...host.stores,
    bundle: () => host.bundle.current(),
    parser: pool,
    cache: createSizedCache(CACHE_BYTES, (file) => file.frame.length),
    schemaSources: () => schemaSources(host),
    ...openSchemas(host),
    state: host.state,
    producer: host.producer,
    metrics: host.metrics.planner,
    log: host.log,
  }
  await host.consume('plan', { plan: (job, run) => planJob(job, run, context) })
  await host.consume('refresh', { refresh: (job) => refreshJob(job, context) })
  await host.consume('settle', { settle: (job) => settleJob(job, context) })
}
