import type { Destination } from '@vartrack/engine'
import type { PlanJob } from '@vartrack/queues'
import type { Head } from '@vartrack/sink-kit'
import type { PlannerContext } from './context.js'
import { sourceName } from './head.js'

/**
 * After a loss of Redis the destinations know better than the counter: their heads give back the claims of all sources there.
 * @returns the highest generation of this source at any of them
 */
export async function recall(context: PlannerContext, job: PlanJob, destinations: readonly Destination[], signal: AbortSignal): Promise<number> {
  const generations = await Promise.all(destinations.map((destination) => recallDestination(context, job, destination, signal)))
  return Math.max(0, ...generations)
}

async function recallDestination(context: PlannerContext, job: PlanJob, destination: Destination, signal: AbortSignal): Promise<number> {
  const { datasource, location } = destination
  const heads = await context.sessions.use(datasource, (session) => session.heads(location, signal))
  const claimed = new Set((await context.state.claims(datasource, location)).map((claim) => claim.source))
  for (const head of heads.filter((one) => one.entries > 0 && !claimed.has(one.source))) await recallClaim(context, datasource, location, head)
  return heads.find((head) => head.source === sourceName(job.platform, job.repo))?.generation ?? 0
}

function recallClaim(context: PlannerContext, datasource: string, location: string, head: Head): Promise<unknown> {
  const { source, ref, environment, digest } = head
  return context.state.claim({ datasource, location, source }, { source, ref, environment, digest })
}
