import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Seconds. From a no-op of a few ms to a job that ran into its time limit. */
const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/** What {@link createMetrics} makes. */
export type Metrics = ReturnType<typeof createMetrics>

/** Every metric of every process; docs/operations.md lists them. A process that does not use one exports it without a value. */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return {
    registry,
    watcher: watcherMetrics(registry),
    writer: writerMetrics(registry),
    planner: plannerMetrics(registry),
    ingress: ingressMetrics(registry),
    jobs: jobMetrics(registry),
    git: gitMetrics(registry),
    leader: new Gauge({ name: 'vartrack_watcher_leader', help: '1 while this replica leads.', registers: [registry] }),
  }
}

function watcherMetrics(registry: Registry) {
  const counter = (what: string, help: string) => countBy(registry, `vartrack_watcher_${what}_total`, help, ['datasource'])
  const polls = counter('poll', 'Checks of a datasource.')
  const drifts = counter('drift', 'Destinations found to differ from Git.')
  const heals = counter('heal', 'Destinations put back.')
  const healErrors = counter('heal_errors', 'Destinations that could not be put back.')
  const seconds = timeBy(registry, 'vartrack_watcher_poll_duration_seconds', 'Duration of one check of a datasource.', ['datasource'])
  return {
    poll: (datasource: string) => polls.inc({ datasource }),
    drift: (datasource: string) => drifts.inc({ datasource }),
    heal: (datasource: string) => heals.inc({ datasource }),
    healError: (datasource: string) => healErrors.inc({ datasource }),
    pollSeconds: (datasource: string, duration: number) => seconds.observe({ datasource }, duration),
  }
}

function writerMetrics(registry: Registry) {
  const writes = countBy(registry, 'vartrack_writer_writes_total', 'Writes by how they ended.', ['datasource', 'state'])
  const seconds = timeBy(registry, 'vartrack_writer_write_duration_seconds', 'From taking a write to its end.', ['datasource'])
  return {
    write(datasource: string, state: string, duration: number) {
      writes.inc({ datasource, state })
      seconds.observe({ datasource }, duration)
    },
  }
}

function plannerMetrics(registry: Registry) {
  const plans = countBy(registry, 'vartrack_planner_plans_total', 'Plans by cause and how they ended.', ['cause', 'outcome'])
  const seconds = timeBy(registry, 'vartrack_planner_plan_duration_seconds', 'From taking a plan to its end.', ['cause'])
  const steps = timeBy(registry, 'vartrack_planner_step_duration_seconds', 'Parts of a plan: fetch, resolve, compile, claim, store.', ['step'])
  return {
    plan(cause: string, outcome: string, duration: number) {
      plans.inc({ cause, outcome })
      seconds.observe({ cause }, duration)
    },
    step: (step: string, duration: number) => steps.observe({ step }, duration),
  }
}

function ingressMetrics(registry: Registry) {
  const webhooks = countBy(registry, 'vartrack_ingress_webhooks_total', 'Webhooks by platform and answer.', ['platform', 'status'])
  const seconds = timeBy(registry, 'vartrack_ingress_webhook_duration_seconds', 'From a request to its answer.', ['platform'])
  return {
    webhook(platform: string, status: number, duration: number) {
      webhooks.inc({ platform, status: String(status) })
      seconds.observe({ platform }, duration)
    },
  }
}

function jobMetrics(registry: Registry) {
  const jobs = countBy(registry, 'vartrack_jobs_total', 'Runs of jobs by how they ended.', ['queue', 'job', 'outcome'])
  const quarantined = countBy(registry, 'vartrack_jobs_quarantined_total', 'Jobs that nobody tries again.', ['queue'])
  const running = timeBy(registry, 'vartrack_job_duration_seconds', 'Duration of one run.', ['queue', 'job'])
  const waiting = timeBy(registry, 'vartrack_job_wait_seconds', 'From being due to being taken.', ['queue', 'job'])
  return {
    started: (queue: string, job: string, waited: number) => waiting.observe({ queue, job }, waited),
    ended(queue: string, job: string, outcome: string, duration: number) {
      jobs.inc({ queue, job, outcome })
      running.observe({ queue, job }, duration)
    },
    quarantined: (queue: string) => quarantined.inc({ queue }),
  }
}

function gitMetrics(registry: Registry) {
  const fetches = countBy(registry, 'vartrack_git_fetches_total', 'Fetches by the way they went and why.', ['way', 'because'])
  return { fetch: (way: string, because: string) => fetches.inc({ way, because }) }
}

/**
 * Jobs that wait, asked for when the metrics are read: what a fleet scales on.
 * @param depths queue name to number; a Redis that is away leaves the last values out
 */
export function exportQueueDepths(registry: Registry, depths: () => Promise<ReadonlyMap<string, number>>): void {
  const gauge: Gauge = new Gauge({
    name: 'vartrack_queue_depth',
    help: 'Jobs that wait.',
    labelNames: ['queue'],
    registers: [registry],
    async collect() {
      gauge.reset()
      for (const [queue, depth] of await depths()) gauge.set({ queue }, depth)
    },
  })
}

function countBy<T extends string>(registry: Registry, name: string, help: string, labelNames: T[]): Counter<T> {
  return new Counter({ name, help, labelNames, registers: [registry] })
}

function timeBy<T extends string>(registry: Registry, name: string, help: string, labelNames: T[]): Histogram<T> {
  return new Histogram({ name, help, labelNames, buckets: BUCKETS, registers: [registry] })
}
