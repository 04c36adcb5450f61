import type { HistoryEntry, SourceAt, Target } from '@vartrack/state'
import { z } from 'zod'
import { type Api, notFound, readQuery } from './request.js'

const ListQuery = z.strictObject({
  datasource: z.string().min(1).max(256),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})
const AtQuery = z.strictObject({ datasource: z.string().min(1), location: z.string().max(2048), source: z.string().min(1) })

/** `GET /api/v1/destinations`, and `/state`, `/entries` (keys, never values) and `/history` of one. */
export function addDestinationRoutes(api: Api): void {
  const { state } = api.dependencies
  api.router.get('/destinations', async (context) => {
    const { datasource, limit } = readQuery(context, ListQuery)
    if (!api.dependencies.bundle().datasources.some((each) => each.name === datasource)) throw notFound(`The datasource ${datasource}`)
    context.body = await list(api, datasource, limit)
  })
  api.router.get('/destinations/state', async (context) => {
    const target = await requireTarget(api, readQuery(context, AtQuery))
    context.body = await describe(api, target)
  })
  api.router.get('/destinations/entries', async (context) => {
    const target = await requireTarget(api, readQuery(context, AtQuery))
    context.body = { ...placeOf(target), keys: await ownedKeys(api, target) }
  })
  api.router.get('/destinations/history', async (context) => {
    const at = readQuery(context, AtQuery)
    context.body = { ...placeOf(at), history: await state.history(at) }
  })
}

/** The first `limit` in the order Redis gives them; `more` says that there are others. */
async function list(api: Api, datasource: string, limit: number): Promise<{ destinations: unknown[]; more: boolean }> {
  const destinations: unknown[] = []
  for await (const target of api.dependencies.state.targets(datasource)) {
    if (destinations.length === limit) return { destinations, more: true }
    destinations.push(await describe(api, target))
  }
  return { destinations, more: false }
}

async function describe({ dependencies }: Api, target: Target): Promise<Record<string, unknown>> {
  const { platform, repo, ref, environment, rules, generation, commit, digest, entries } = target
  const status = (await dependencies.state.status(target)) ?? { state: 'unknown' }
  return { ...placeOf(target), platform, repo, ref, environment, rules, generation, commit, digest, entries, status }
}

async function requireTarget({ dependencies }: Api, at: SourceAt): Promise<Target> {
  const target = await dependencies.state.target(at)
  if (target === undefined) throw notFound(`The destination ${at.location} of ${at.source} in ${at.datasource}`)
  return target
}

/**
 * Keys of the newest ledger copy; `null` when Redis has none: the ledger itself lies at the destination, and a copy comes back with the next poll.
 * A commit that changed nothing has no ledger of its own, so older writes are looked through.
 */
async function ownedKeys({ dependencies }: Api, target: Target): Promise<string[] | null> {
  const written: readonly HistoryEntry[] = await dependencies.state.history(target)
  for (const generation of new Set([target.generation, ...written.map((entry) => entry.generation)])) {
    const ledger = await dependencies.state.ledger(target, generation)
    if (ledger !== undefined) return await dependencies.ledgerKeys(ledger)
  }
  return null
}

function placeOf({ datasource, location, source }: SourceAt): SourceAt {
  return { datasource, location, source }
}
