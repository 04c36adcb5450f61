import type { Destination } from '@vartrack/engine'
import type { Head } from '@vartrack/sink-kit'
import type { PlannerContext } from './context.js'
import { sourceName } from './head.js'
import type { PlanRun } from './plan-run.js'

/**
 * Where Redis knows no claim of this source, the destination may know better: the source is new there, or Redis was lost. The heads there give back the
 * claims of all sources before new ones are taken.
 * @returns the highest generation of this source at any of them
 */
export async function recall(run: PlanRun, destinations: readonly Destination[]): Promise<number> {
  const written = run.job.dryRun ? [] : destinations.filter((destination) => !destination.planOnly)
  const generations = await Promise.all(written.map((destination) => recallDestination(run, destination)))
  return Math.max(0, ...generations)
}

async function recallDestination({ job, signal, context }: PlanRun, destination: Destination): Promise<number> {
  const { datasource, location } = destination
  const source = sourceName(job.platform, job.repo)
  const claimed = new Set((await context.state.claims(datasource, location)).map((claim) => claim.source))
  if (claimed.has(source)) return 0
  const heads = await context.sessions.use(datasource, (session) => session.heads(location, signal))
  for (const head of heads.filter((one) => one.entries > 0 && !claimed.has(one.source))) await recallClaim(context, datasource, location, head)
  return heads.find((head) => head.source === source)?.generation ?? 0
}

function recallClaim(context: PlannerContext, datasource: string, location: string, head: Head): Promise<unknown> {
  const { source, ref, environment, digest } = head
  return context.state.claim({ datasource, location, source }, { source, ref, environment, digest })
}
