import type { Bundle } from '@vartrack/bundle'
import { rulesFor, tenantOf } from '@vartrack/engine'
import type { EventLog } from '@vartrack/host'
import type { Producer, RefreshJob } from '@vartrack/queues'
import { allRegistries, type LocationSources, type Registries, type RegistryLocation, registryOf } from '@vartrack/schemas'
import type { State } from '@vartrack/state'
import { planRefsAgain } from './plan-refs-again.js'

/** What refreshing works with. */
export interface RefreshContext {
  readonly bundle: () => Bundle
  readonly schemaSources: () => LocationSources
  readonly schemas: Pick<Registries, 'refresh'>
  readonly state: Pick<State, 'registry' | 'putRegistry' | 'begunRefs'>
  readonly producer: Pick<Producer, 'add'>
  readonly log: EventLog
}

/**
 * Reads a schema registry and, when it has changed, plans again every ref that it governs. Safe to run twice.
 * @throws VarTrackError `git.*`, `schema.*` while the registry cannot be read: the last good schemas go on serving
 */
export async function refreshJob(job: RefreshJob, context: RefreshContext): Promise<void> {
  const location = allRegistries(context.schemaSources()).find(({ key }) => key === job.registry)
  if (!location) return context.log.info({ registry: job.registry }, 'the bundle does not name this schema registry any more; nothing to do')
  const version = await context.schemas.refresh(location)
  // Told to the other planners before they get the jobs.
  await context.state.putRegistry(location.key, { read: version })
  if ((await context.state.registry(location.key)).planned === version) return
  const planned = await planGoverned(location, job, context)
  await context.state.putRegistry(location.key, { planned: version })
  context.log.info({ registry: location.key, version, refs: planned }, 'the schema registry changed; what it governs is validated again')
}

async function planGoverned(location: RegistryLocation, job: RefreshJob, context: RefreshContext): Promise<number> {
  let count = 0
  for (const platform of new Set(context.bundle().rules.map((rule) => rule.platform))) {
    count += await planRefsAgain(platform, { correlation: job.correlation }, ({ repo }) => governs(location, platform, repo, context), context)
  }
  return count
}

function governs(location: RegistryLocation, platform: string, repo: string, context: RefreshContext): boolean {
  const bundle = context.bundle()
  const sources = context.schemaSources()
  return rulesFor(bundle, platform, repo).some((rule) => registryOf(tenantOf(rule, bundle, repo), sources)?.key === location.key)
}
