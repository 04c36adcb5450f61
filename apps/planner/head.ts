import type { Repository } from '@vartrack/git'
import type { PlanJob } from '@vartrack/queues'
import type { SourceAt } from '@vartrack/state'
import type { PlannerContext } from './context.js'

/** A ref as it was read after its generation had been taken. */
export interface ReadHead {
  readonly generation: number
  /** The counter began anew: the destinations may know higher generations. */
  readonly fresh: boolean
  /** `undefined`: the ref is gone. */
  readonly commit: string | undefined
  /** `undefined`: everything counts as changed. */
  readonly changed: readonly string[] | undefined
}

/** Name of a repository as a source. */
export function sourceName(platform: string, repo: string): string {
  return `${platform}/${repo}`
}

/**
 * The counter of a repository's generations: one for all its destinations, so that it can be taken before the head says which these are. Each destination
 * still sees only growing numbers.
 */
export function counterOf(source: string): SourceAt {
  return { datasource: '*', location: '*', source }
}

/** Takes a generation, THEN reads the head: whoever has the highest generation has read the newest head. */
export async function readHead(
  context: PlannerContext,
  job: PlanJob,
  repository: Repository,
  atLeast: number,
  signal: AbortSignal,
): Promise<ReadHead> {
  const generation = await context.state.takeGeneration(counterOf(sourceName(job.platform, job.repo)), atLeast)
  const commit = await repository.fetch(job.ref, signal)
  const fresh = generation === 1
  const changed = commit === undefined ? undefined : await changedSince(context, job, repository, commit, signal)
  return { generation, fresh, commit, changed }
}

async function changedSince(
  context: PlannerContext,
  job: PlanJob,
  repository: Repository,
  commit: string,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  if (job.full || job.pullRequest) return undefined
  const from = await context.state.planned(job.platform, job.repo, job.ref)
  return from === undefined ? undefined : repository.changedPaths(from, commit, signal)
}
