import { Router } from '@koa/router'
import type { Platform } from '@vartrack/bundle'
import { toVarTrackError, VarTrackError } from '@vartrack/errors'
import { belongsToPlatform, type PlatformEvent, platformHandlers } from '@vartrack/platforms'
import type { JobInput } from '@vartrack/queues'
import type { Context } from 'koa'
import { type BodyBudget, createBodyBudget } from './body-budget.js'
import type { IngressDependencies, IngressLimits } from './dependencies.js'
import { createKnownRepositories, type KnownRepositories } from './known-repositories.js'
import { pushedRegistries } from './pushed-registries.js'
import { readBody } from './read-body.js'
import { readHeaders } from './read-headers.js'
import { correlationOf } from './request-context.js'
import { readTrustedDelivery, requireTrustworthyHeaders } from './trusted-delivery.js'

/** An event that something has to be done for. */
type HandledEvent = Exclude<PlatformEvent, { kind: 'unhandled' }>

interface Door {
  readonly dependencies: IngressDependencies
  readonly limits: IngressLimits
  readonly budget: BodyBudget
  readonly isKnown: KnownRepositories
}

/** How a delivery is narrowed by its address. */
interface Narrowing {
  readonly datasource?: string
  readonly dryRun: boolean
}

interface Answer {
  readonly status: 'accepted' | 'ignored' | 'replayed'
  readonly reason?: string
  readonly job?: string
}

/** `POST /webhooks`, `/webhooks/{datasource}`, `/webhooks/{datasource}/dry-run`: 202 once Redis has the job, never before. */
export function createWebhookRouter(dependencies: IngressDependencies, limits: IngressLimits): Router {
  const isKnown = createKnownRepositories(dependencies.bundle)
  const door: Door = { dependencies, limits, budget: createBodyBudget(limits.bufferedBytes), isKnown }
  const router = new Router({ prefix: '/webhooks' })
  router.post('/', (context) => answer(door, context, { dryRun: false }))
  router.post('/:datasource', (context) => answer(door, context, { datasource: context.params['datasource'] ?? '', dryRun: false }))
  router.post('/:datasource/dry-run', (context) => answer(door, context, { datasource: context.params['datasource'] ?? '', dryRun: true }))
  router.all(['/', '/:datasource', '/:datasource/dry-run'], refuseMethod)
  return router
}

/** @throws VarTrackError `http.method` status 405 */
function refuseMethod(context: Context): never {
  context.set('allow', 'POST')
  throw new VarTrackError({
    code: 'http.method',
    message: 'Webhooks are sent with POST.',
    remedy: 'Look at the method the sender uses.',
    status: 405,
  })
}

async function answer(door: Door, context: Context, narrowing: Narrowing): Promise<void> {
  const started = performance.now()
  const { metrics } = door.dependencies
  const labels = { platform: 'unknown' }
  const seconds = () => (performance.now() - started) / 1000
  try {
    const result = await receive(door, context, narrowing, labels)
    context.status = result.status === 'accepted' ? 202 : 200
    context.body = { ...result, request_id: correlationOf(context) }
    metrics.webhook(labels.platform, context.status, seconds())
  } catch (error) {
    metrics.webhook(labels.platform, toVarTrackError(error).status, seconds())
    throw error
  }
}

async function receive(door: Door, context: Context, narrowing: Narrowing, labels: { platform: string }): Promise<Answer> {
  const { dependencies, limits, budget } = door
  const bundle = dependencies.bundle()
  const headers = readHeaders(context.req)
  requireTrustworthyHeaders(headers, bundle)
  const body = await readBody(context.req, { maxBytes: bundle.maxWebhookBodyBytes, timeoutMs: limits.bodyTimeoutMs, budget })
  const { platform, payload } = await readTrustedDelivery(headers, body, bundle, dependencies.secret)
  labels.platform = platform.name
  requireDatasource(door, narrowing.datasource)
  const event = platformHandlers[platform.kind].normalise(headers, payload, platform)
  if (event.kind === 'unhandled') return { status: 'ignored', reason: `The event ${event.name} changes no configuration.` }
  const registries = pushedRegistries(event, platform, dependencies.registries())
  const isKnown = belongsToPlatform(platform, event.repo) && door.isKnown(platform.name, event.repo, narrowing.datasource)
  if (!isKnown && registries.length === 0) return { status: 'ignored', reason: reasonToIgnore(platform, event.repo) }
  if (await seenBefore(dependencies, platform.name, event.deliveryId)) return { status: 'replayed', reason: 'The delivery was accepted before.' }
  const correlation = correlationOf(context)
  const jobs = registries.map(({ key }) => dependencies.producer.add('refresh', { correlation, registry: key }))
  if (isKnown) jobs.push(dependencies.producer.add('plan', planOf(event, platform.name, narrowing, correlation)))
  return await accept(dependencies, event, platform.name, await Promise.all(jobs), correlation)
}

function reasonToIgnore(platform: Platform, repo: string): string {
  if (!belongsToPlatform(platform, repo)) return `The repository is not one of ${platform.orgName}.`
  return `No rule of platform ${platform.name} names the repository ${repo}.`
}

async function accept(
  { state, log, mask }: IngressDependencies,
  event: HandledEvent,
  platform: string,
  jobs: readonly string[],
  correlation: string,
): Promise<Answer> {
  const job = jobs.at(-1)
  log.info({ correlation, platform, repo: event.repo, ref: event.ref, delivery: event.deliveryId, job }, 'delivery accepted')
  try {
    await state.firstDelivery(platform, event.deliveryId)
  } catch (error) {
    // The job is safe, which is what the answer says; a repetition would only plan the same head again.
    log.warn({ correlation, error: mask.value(error) }, 'delivery could not be remembered')
  }
  return { status: 'accepted', ...(job === undefined ? {} : { job }) }
}

function planOf(event: HandledEvent, platform: string, { datasource, dryRun }: Narrowing, correlation: string): JobInput<'plan'> {
  return {
    correlation,
    cause: 'webhook',
    platform,
    repo: event.repo,
    ref: event.ref,
    defaultBranch: event.defaultBranch,
    ...(datasource === undefined ? {} : { datasource }),
    ...(event.kind === 'pull_request'
      ? { pullRequest: { number: event.number, head: event.head, base: event.base, closed: event.action === 'closed' } }
      : {}),
    dryRun,
    full: false,
  }
}

/** A Redis that is away is told as what it is: come again. */
async function seenBefore({ state }: IngressDependencies, platform: string, deliveryId: string): Promise<boolean> {
  try {
    return await state.deliverySeen(platform, deliveryId)
  } catch (cause) {
    throw new VarTrackError({
      code: 'queue.unavailable',
      message: 'Redis cannot be asked right now.',
      remedy: 'Nothing was accepted; send it again when Redis is back.',
      disposition: { kind: 'retry' },
      status: 503,
      cause,
    })
  }
}

function requireDatasource({ dependencies }: Door, datasource: string | undefined): void {
  if (datasource === undefined || dependencies.bundle().datasources.some((each) => each.name === datasource)) return
  throw new VarTrackError({
    code: 'webhook.datasource_unknown',
    message: `The bundle has no datasource ${JSON.stringify(datasource.slice(0, 80))}.`,
    remedy: 'Use the name of a datasource of the bundle in the address, or POST /webhooks for all.',
    status: 404,
  })
}
