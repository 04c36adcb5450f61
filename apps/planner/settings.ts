import { overrideRule, parseRepositorySettings, type Rule } from '@vartrack/bundle'
import type { Repository } from '@vartrack/git'
import type { PlanJob } from '@vartrack/queues'
import type { PlannerContext } from './context.js'
import type { ReadHead } from './head.js'

const SETTINGS_FILE = 'vartrack.json'

/** The rules of a repository with its own `vartrack.json` applied. */
export interface EffectiveRules {
  readonly rules: readonly Rule[]
  /** The ref is the default branch and the file changed there, as far as is known: everything counts as changed, of the other refs too. */
  readonly changed: boolean
}

/**
 * Reads `vartrack.json` from the DEFAULT branch, whatever ref is planned: a feature branch cannot map itself to production.
 * @throws VarTrackError `repository_settings.*` with its position
 */
export async function effectiveRules(
  context: PlannerContext,
  job: PlanJob,
  rules: readonly Rule[],
  repository: Repository,
  head: ReadHead,
  signal: AbortSignal,
): Promise<EffectiveRules> {
  const branch = job.defaultBranch ? `refs/heads/${job.defaultBranch}` : await askDefault(context, job, signal)
  const text = await settingsText(context, job, branch, repository, head, signal)
  const changed = branch === job.ref && (head.changes.paths.has(SETTINGS_FILE) || head.changes.rewritten)
  return { rules: text === undefined ? rules : rules.map((rule) => overriddenBy(context, job, rule, text)), changed }
}

async function settingsText(
  context: PlannerContext,
  job: PlanJob,
  branch: string | undefined,
  repository: Repository,
  head: ReadHead,
  signal: AbortSignal,
): Promise<string | undefined> {
  const commit = branch === job.ref ? head.commit : branch && (await repository.fetch(branch, signal))
  if (commit === undefined) return undefined
  const [entry] = await repository.tree(commit, signal, [SETTINGS_FILE])
  if (entry?.kind !== 'file') return undefined
  return (await repository.blob(entry.blob, context.bundle().limits.maxFileBytes, signal)).toString('utf8')
}

async function askDefault(context: PlannerContext, job: PlanJob, signal: AbortSignal): Promise<string | undefined> {
  return (await context.git.remoteHeads(await context.remote(job.platform, job.repo), signal)).defaultRef
}

function overriddenBy(context: PlannerContext, job: PlanJob, rule: Rule, text: string): Rule {
  const { settings, ignored } = parseRepositorySettings(text, rule.overridable)
  if (ignored.length > 0) {
    context.log.warn({ repo: job.repo, rule: rule.name, ignored }, `${SETTINGS_FILE} sets what it may not; ignored`)
  }
  return overrideRule(rule, settings)
}
