import { randomUUID } from 'node:crypto'
import { isLiteral, type Rule } from '@vartrack/bundle'
import { branchName, isBranchOrTag, rulesFor } from '@vartrack/engine'
import { toVarTrackError } from '@vartrack/errors'
import { repositoryAt } from '@vartrack/platforms'
import type { SweepJob } from '@vartrack/queues'
import type { RefName } from '@vartrack/state'
import type { WatcherContext } from './context.js'
import { inParallel } from './in-parallel.js'

/** A ref whose change set failed is planned again this long after, in ms; by another bundle at once. */
const RETRY_AFTER_MS = 5 * 60_000

/** Repositories that are asked for their heads side by side: one that does not answer holds up no other. */
const PARALLEL = 8

/** Plans every ref that moved or ended without a webhook telling so, and what Redis lost. */
export async function sweepJob(job: SweepJob, signal: AbortSignal, context: WatcherContext): Promise<void> {
  await inParallel(await knownRepositories(job.platform, context), PARALLEL, async ([repo, begun]) => {
    if (signal.aborted) return
    try {
      await sweepRepository(job, repo, begun, signal, context)
    } catch (thrown) {
      const error = toVarTrackError(thrown)
      context.log.warn({ platform: job.platform, repo, code: error.code }, `cannot be swept: ${error.message}`)
    }
  })
}

/** Those the rules name, those planned before, with the refs, and those whose clones lie in the cache: the last outlive Redis. */
async function knownRepositories(platform: string, context: WatcherContext): Promise<ReadonlyMap<string, readonly string[]>> {
  const rules = context.bundle().rules.filter((rule) => rule.platform === platform)
  const named = rules.flatMap((rule) => rule.repositories).filter(isLiteral)
  const cloned = (await context.git.remotes()).flatMap((url) => repositoryOf(platform, url, context) ?? [])
  const known = new Map<string, string[]>([...named, ...cloned].map((repo) => [repo, []]))
  for await (const { repo, ref } of context.state.begunRefs(platform)) known.set(repo, [...(known.get(repo) ?? []), ref])
  return known
}

function repositoryOf(name: string, url: string, context: WatcherContext): string | undefined {
  const platform = context.bundle().platforms.find((candidate) => candidate.name === name)
  return platform && repositoryAt(platform, url)
}

async function sweepRepository(job: SweepJob, repo: string, begun: readonly string[], signal: AbortSignal, context: WatcherContext): Promise<void> {
  const rules = rulesFor(context.bundle(), job.platform, repo)
  if (rules.length === 0) return
  const { refs, defaultRef } = await context.git.remoteHeads(await context.remote(job.platform, repo), signal)
  for (const [ref, commit] of refs) {
    if (!isSwept(rules, ref, defaultRef) || !(await isDue({ platform: job.platform, repo, ref }, commit, rules, context))) continue
    await planRef(job, repo, ref, defaultRef, 'its head, or the bundle, is not what settled last', context)
  }
  const gone = new Set(begun.filter((ref) => isBranchOrTag(ref) && !refs.has(ref)))
  for (const ref of gone) await planRef(job, repo, ref, defaultRef, 'the ref is gone', context)
}

/** Refs a webhook would have been acted on for: the default branch, mapped branches, and all branches or tags where they name environments. */
function isSwept(rules: readonly Rule[], ref: string, defaultRef: string | undefined): boolean {
  if (ref.startsWith('refs/tags/')) return rules.some((rule) => rule.envAsTags)
  if (!ref.startsWith('refs/heads/')) return false
  return ref === defaultRef || rules.some((rule) => rule.envAsBranch || Object.hasOwn(rule.branchMap, branchName(ref)))
}

/** Due until it settled in every datasource of its rules, with the bundle in force. */
async function isDue(at: RefName, commit: string, rules: readonly Rule[], context: WatcherContext): Promise<boolean> {
  const bases = await context.state.planBases(at)
  const bundle = context.bundle().digest
  const settled = rules.flatMap((rule) => rule.datasources).map((datasource) => bases.get(datasource))
  if (settled.every((base) => base?.commit === commit && base.bundle === bundle)) return false
  const tried = await context.state.tried(at)
  return tried?.commit !== commit || tried.bundle !== bundle || Date.now() - Date.parse(tried.at) > RETRY_AFTER_MS
}

async function planRef(
  job: SweepJob,
  repo: string,
  ref: string,
  defaultRef: string | undefined,
  why: string,
  context: WatcherContext,
): Promise<void> {
  context.log.info({ platform: job.platform, repo, ref }, `sweep: ${why}`)
  await context.producer.add('plan', {
    correlation: randomUUID(),
    cause: 'sweep',
    platform: job.platform,
    repo,
    ref,
    ...(defaultRef ? { defaultBranch: branchName(defaultRef) } : {}),
    dryRun: false,
    full: false,
  })
}
