import { MOST_SETTINGS_BYTES, openRepositorySettings, overrideRule, type Rule, type SettingsFor, settingsTooLarge } from '@vartrack/bundle'
import { toVarTrackError, VarTrackError, withPlace } from '@vartrack/errors'
import type { ReadHead } from './head.js'
import type { PlanRun } from './plan-run.js'
import { tellProblems } from './tell-problems.js'

const SETTINGS_FILE = 'vartrack.json'

/** The rules of a repository with its own `vartrack.json` applied. */
export interface EffectiveRules {
  readonly rules: readonly Rule[]
  /** The ref is the default branch and the file changed there, as far as is known: everything counts as changed, of the other refs too. */
  readonly changed: boolean
}

/**
 * Reads `vartrack.json` from the DEFAULT branch, whatever ref is planned: a feature branch cannot map itself to production.
 * @throws VarTrackError `repository_settings.*` with its position; `limit.bytes`; `git.*` when it is no regular file
 */
export async function effectiveRules(run: PlanRun, rules: readonly Rule[], head: ReadHead): Promise<EffectiveRules> {
  const { job } = run
  const branch = job.defaultBranch ? `refs/heads/${job.defaultBranch}` : await askDefault(run)
  const content = await settingsBytes(run, branch, head)
  const changed = branch === job.ref && (head.changes.paths.has(SETTINGS_FILE) || head.changes.rewritten)
  if (content === undefined) return { rules, changed }
  const settingsFor = await openRepositorySettings(content)
  try {
    return { rules: rules.map((rule) => overriddenBy(run, rule, settingsFor)), changed }
  } catch (error) {
    tellProblems(toVarTrackError(error).others, job, run.context)
    throw error
  }
}

async function settingsBytes({ job, repository, signal, context }: PlanRun, branch: string | undefined, head: ReadHead): Promise<Buffer | undefined> {
  const commit = branch === job.ref ? head.commit : branch && (await repository.fetch(branch, signal))
  if (commit === undefined) return undefined
  const entry = (await repository.tree(commit, signal, [SETTINGS_FILE])).find(({ path }) => path === SETTINGS_FILE)
  if (entry === undefined) return undefined
  if (entry.kind !== 'file') throw noFile(entry.kind)
  const mostBytes = Math.min(MOST_SETTINGS_BYTES, context.bundle().limits.maxFileBytes)
  return await repository.blob(entry.blob, mostBytes, signal).catch((error: unknown) => {
    throw isTooLarge(error) ? settingsTooLarge(mostBytes) : withPlace(error, { file: SETTINGS_FILE })
  })
}

/** Passing it over would write what a `dry_run` in it forbids. */
function noFile(kind: string): VarTrackError {
  return new VarTrackError({
    code: `git.${kind}`,
    message: `${SETTINGS_FILE} is a ${kind}; varTrack reads regular files only.`,
    remedy: 'Commit its content on the default branch, or remove it; nothing was written.',
    place: { file: SETTINGS_FILE },
  })
}

function isTooLarge(error: unknown): boolean {
  return error instanceof VarTrackError && error.code === 'git.blob_too_large'
}

async function askDefault({ job, signal, context }: PlanRun): Promise<string | undefined> {
  return (await context.git.remoteHeads(await context.remote(job.platform, job.repo), signal)).defaultRef
}

function overriddenBy({ job, context }: PlanRun, rule: Rule, settingsFor: SettingsFor): Rule {
  const { settings, ignored } = settingsFor(rule.overridable)
  if (ignored.length > 0) {
    context.log.warn({ repo: job.repo, rule: rule.name, ignored }, `${SETTINGS_FILE} sets what it may not; ignored: ${ignored.join(', ')}`)
  }
  return overrideRule(rule, settings)
}
