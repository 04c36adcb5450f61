import type { Bundle } from '@vartrack/bundle'
import type { FetchReport } from '@vartrack/git'
import { createProducer, type Handlers, type Producer, type QueueKind } from '@vartrack/queues'
import { createDestinationLocks, type Exclusively, type ProcessContext, type RedisTarget, standForElection, type Term } from '@vartrack/runtime'
import { createState, type State } from '@vartrack/state'
import { type Base, createBase } from './base.js'
import type { BundleHolder } from './bundle-holder.js'
import { type ConsumeOptions, consume } from './consume.js'
import { holdBundle } from './hold-bundle.js'
import { openStores, type Stores } from './stores.js'

/** What every process of varTrack stands on. */
export interface Host extends Base {
  readonly bundle: BundleHolder
  readonly producer: Producer
  readonly state: State
  readonly stores: Stores
  /** Runs work while no other writer works at the same destination. */
  readonly exclusively: Exclusively
  /** Works the jobs of a queue until the host closes. */
  consume<Q extends QueueKind>(queue: Q, handlers: Handlers<Q>, options?: ConsumeOptions): Promise<void>
  /** Does the work of the leader of `name` whenever this process leads. */
  lead(name: string, work: (term: Term) => Promise<void>): Promise<void>
  /** Liveness: why a consumer is stuck, or `undefined`. */
  stuck(): Promise<string | undefined>
  /** Told of each new bundle in force. */
  onReload(listener: (bundle: Bundle) => void): void
}

/**
 * Opens a host: the bundle first, so that its mistakes are told before anything is reached for, then Redis.
 * @param redis gives the URL of Redis, or the socket of the embedded one, which is started when it is first asked for
 * @throws VarTrackError `bundle.*` with every problem, `redis.*`
 */
export async function openHost(context: ProcessContext, redis: () => Promise<RedisTarget>): Promise<Host> {
  const base = createBase(context, redis)
  const { config } = base
  const listeners: ((bundle: Bundle) => void)[] = []
  const bundle = await holdBundle(base, listeners)
  const producer = await openProducer(base)
  const state = await openState(base)
  const { gitCacheDir, environment } = config
  const stores = openStores({ bundle: () => bundle.current(), secret: base.secret, gitCacheDir, environment, observeFetch: observeFetches(base) })
  base.onClose('stores', () => stores.close())
  const checks: (() => Promise<string | undefined>)[] = []
  return {
    ...base,
    bundle,
    producer,
    state,
    stores,
    exclusively: createDestinationLocks(await base.connect('state'), config.redisPrefix),
    consume: async (queue, handlers, options = {}) => {
      const consumer = await consume(base, queue, handlers, options)
      checks.push(() => consumer.alive())
    },
    lead: (name, work) => lead(base, name, work),
    stuck: async () => (await Promise.all(checks.map((check) => check()))).find((reason) => reason !== undefined),
    onReload: (listener) => void listeners.push(listener),
  }
}

async function openProducer(base: Base): Promise<Producer> {
  const onError = (error: Error) => base.log.warn({ code: 'queue.connection' }, error.message)
  const producer = createProducer({ connection: await base.connect('producer'), prefix: base.config.redisPrefix, onError })
  base.onClose('the producer', () => producer.close())
  return producer
}

async function openState(base: Base): Promise<State> {
  const onProblem = (problem: object) => base.log.warn({ code: 'state.unreadable', ...problem }, 'stored state cannot be used; it counts as absent')
  return createState(await base.connect('state'), { prefix: base.config.redisPrefix, onProblem })
}

/** Counts, and tells what git then had to do; git itself says so if it cannot either. */
function observeFetches({ log, metrics }: Base): (report: FetchReport) => void {
  return (report) => {
    metrics.git.fetch(report.way, report.because)
    if (report.way === 'git' && report.failure !== undefined)
      log.info({ code: 'git.fast_fetch', url: report.url, failure: report.failure }, 'left to git fetch')
  }
}

async function lead(base: Base, name: string, work: (term: Term) => Promise<void>): Promise<void> {
  const { config, log, metrics } = base
  const leadership = standForElection({
    redis: await base.connect('state'),
    prefix: config.redisPrefix,
    name,
    lead: async (term) => {
      metrics.leader.set(1)
      await work(term).finally(() => metrics.leader.set(0))
    },
    onError: (error) => log.warn({ code: 'leader.failed' }, error.message),
  })
  base.onClose(`the election of ${name}`, () => leadership.close())
}
