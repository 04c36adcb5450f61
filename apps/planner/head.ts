import { VarTrackError } from '@vartrack/errors'
import type { PlanJob } from '@vartrack/queues'
import { type ChangeSet, counterOf, type PlanBase } from '@vartrack/state'
import { type Changes, changesAt, EVERYTHING } from './changes.js'
import type { PlanRun } from './plan-run.js'

/** A ref as it was read after its generation had been taken. */
export interface ReadHead {
  readonly generation: number
  /** `undefined`: the ref is gone. */
  readonly commit: string | undefined
  readonly changes: Changes
  /**
   * `false`: only a heal asks, and the commit is known not to have settled where it heals. Its change set failed, was refused or is under way.
   */
  readonly inForce: boolean
  /** What counts as planned once everything is written. */
  readonly settles: ChangeSet['settles']
}

/** A plan that was overtaken reads the head again, so often. */
const TRIES = 5

/** Name of a repository as a source. */
export function sourceName(platform: string, repo: string): string {
  return `${platform}/${repo}`
}

/**
 * Takes a generation, THEN reads the head: whoever has the highest generation has read the newest head. Then the plan begins: it learns what the
 * destinations may hold, and later plans learn of it.
 * @param datasources of the rules that are planned
 * @param atLeast highest generation known at a destination
 * @throws VarTrackError `git.*`, `state.unavailable`, `plan.overtaken` (retry)
 */
export async function readHead(run: PlanRun, datasources: readonly string[], atLeast: number): Promise<ReadHead> {
  const { job, repository, signal, context } = run
  const bundle = context.bundle().digest
  let known = atLeast
  for (let tries = 0; tries < TRIES; tries += 1) {
    const generation = await context.state.takeGeneration(counterOf(sourceName(job.platform, job.repo)), known)
    const commit = await repository.fetch(job.ref, signal)
    const bases = await begin(run, datasources, commit, generation)
    if (typeof bases === 'number') {
      known = bases // The counter may be behind it: Redis was emptied while that plan was fetching.
      continue
    }
    const compares = commit !== undefined && !job.pullRequest
    const changes = compares ? await changesAt(repository, commit, bases, bundle, signal) : EVERYTHING
    return { generation, commit, changes, inForce: inForce(job, commit, bases), settles: settlesOf(job, datasources, commit, generation, bundle) }
  }
  throw overtaken(job)
}

function begin(
  { job, context }: PlanRun,
  datasources: readonly string[],
  commit: string | undefined,
  generation: number,
): Promise<ReadonlyMap<string, PlanBase> | number> {
  if (job.dryRun) return context.state.planBases(job)
  return context.state.beginPlan(job, datasources, { commit: plannedCommit(job, commit), generation, whole: job.location === undefined })
}

function inForce(job: PlanJob, commit: string | undefined, bases: ReadonlyMap<string, PlanBase>): boolean {
  const base = job.location === undefined || job.pullRequest ? undefined : bases.get(job.datasource ?? '')
  return base === undefined || base.commit === commit
}

/** A heal and a dry run settle nothing; a ref that is gone, or a pull request that was closed, is forgotten. */
function settlesOf(
  job: PlanJob,
  datasources: readonly string[],
  commit: string | undefined,
  generation: number,
  bundle: string,
): ReadHead['settles'] {
  if (job.dryRun || job.location !== undefined) return undefined
  return { datasources: [...datasources], commit: plannedCommit(job, commit), generation, bundle }
}

/** '' where nothing is to be there any more; the head of a pull request stays when it is closed. */
function plannedCommit({ pullRequest }: PlanJob, commit: string | undefined): string {
  return pullRequest?.closed ? '' : (commit ?? '')
}

function overtaken(job: PlanJob): VarTrackError {
  return new VarTrackError({
    code: 'plan.overtaken',
    message: `Newer plans of ${job.ref} of ${job.repo} began ${TRIES} times in a row before this one could.`,
    remedy: 'It is tried again; the newer plans bring the head meanwhile.',
    disposition: { kind: 'retry' },
  })
}
