import { randomUUID } from 'node:crypto'
import type { Rule } from '@vartrack/bundle'
import { branchName, rulesFor } from '@vartrack/engine'
import { toVarTrackError } from '@vartrack/errors'
import { repositoryAt } from '@vartrack/platforms'
import type { SweepJob } from '@vartrack/queues'
import type { WatcherContext } from './context.js'

/** A ref whose change set failed is planned again this long after, in ms. */
const RETRY_AFTER = 5 * 60_000

/** Plans every ref that moved without a webhook telling so, and what Redis lost. */
export async function sweepJob(job: SweepJob, signal: AbortSignal, context: WatcherContext): Promise<void> {
  for (const repo of await knownRepositories(job.platform, context)) {
    if (signal.aborted) return
    try {
      await sweepRepository(job, repo, signal, context)
    } catch (thrown) {
      const error = toVarTrackError(thrown)
      context.log.warn({ platform: job.platform, repo, code: error.code }, `cannot be swept: ${error.message}`)
    }
  }
}

/** Those the rules name, those planned before, and those whose clones lie in the cache: the last outlive Redis. */
async function knownRepositories(platform: string, context: WatcherContext): Promise<Set<string>> {
  const rules = context.bundle().rules.filter((rule) => rule.platform === platform)
  const known = new Set(rules.flatMap((rule) => rule.repositories).filter((glob) => !/[*?[\]{}()!]/.test(glob)))
  for await (const { repo } of context.state.plannedRefs(platform)) known.add(repo)
  for (const url of await context.git.remotes()) {
    const repo = repositoryOf(platform, url, context)
    if (repo !== undefined) known.add(repo)
  }
  return known
}

function repositoryOf(name: string, url: string, context: WatcherContext): string | undefined {
  const platform = context.bundle().platforms.find((candidate) => candidate.name === name)
  return platform && repositoryAt(platform, url)
}

async function sweepRepository(job: SweepJob, repo: string, signal: AbortSignal, context: WatcherContext): Promise<void> {
  const rules = rulesFor(context.bundle(), job.platform, repo)
  if (rules.length === 0) return
  const { refs, defaultRef } = await context.git.remoteHeads(await context.remote(job.platform, repo), signal)
  for (const [ref, commit] of refs) {
    if (isSwept(rules, ref, defaultRef) && (await isDue(job.platform, repo, ref, commit, context))) await planRef(job, repo, ref, defaultRef, context)
  }
}

/** Refs a webhook would have been acted on for: the default branch, mapped branches, and all branches or tags where they name environments. */
function isSwept(rules: readonly Rule[], ref: string, defaultRef: string | undefined): boolean {
  if (ref.startsWith('refs/tags/')) return rules.some((rule) => rule.envAsTags)
  if (!ref.startsWith('refs/heads/')) return false
  return ref === defaultRef || rules.some((rule) => rule.envAsBranch || Object.hasOwn(rule.branchMap, branchName(ref)))
}

async function isDue(platform: string, repo: string, ref: string, commit: string, context: WatcherContext): Promise<boolean> {
  if ((await context.state.planned(platform, repo, ref)) === commit) return false
  const tried = await context.state.tried(platform, repo, ref)
  return tried?.commit !== commit || Date.now() - Date.parse(tried.at) > RETRY_AFTER
}

async function planRef(job: SweepJob, repo: string, ref: string, defaultRef: string | undefined, context: WatcherContext): Promise<void> {
  context.log.info({ platform: job.platform, repo, ref }, 'sweep: the head moved and nothing was planned for it')
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
