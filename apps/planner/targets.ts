import type { Rule } from '@vartrack/bundle'
import type { CompiledFile, Destination } from '@vartrack/engine'
import type { PlanJob } from '@vartrack/queues'
import type { Target } from '@vartrack/state'
import { sourceName } from './head.js'

/** A destination with its release, ready to become a target of a change set. */
export interface Compiled {
  readonly destination: Destination
  readonly release: CompiledFile
}

/** What the targets of one change set have in common. */
export interface TargetFacts {
  readonly generation: number
  readonly commit: string
  /** How many targets the change set has: one alone is whole or not there, and needs no undo. */
  readonly targets: number
}

/** The target of one destination: what the write job needs, without values. */
export function targetOf(job: PlanJob, compiled: Compiled, { generation, commit, targets }: TargetFacts): Target {
  const rules = [...new Set(compiled.destination.files.map((file) => file.rule))]
  const [first] = rules as [Rule, ...Rule[]]
  const onFailure = rules.some((rule) => rule.onFailure === 'rollback') ? 'rollback' : 'keep'
  return {
    datasource: compiled.destination.datasource,
    location: compiled.destination.location,
    source: sourceName(job.platform, job.repo),
    platform: job.platform,
    repo: job.repo,
    ref: job.ref,
    ...(job.pullRequest ? { pullRequest: pullRequestOf(job.pullRequest) } : {}),
    environment: compiled.destination.environment,
    rules: [...new Set(rules.map((rule) => rule.name))],
    generation,
    commit,
    digest: compiled.release.digest,
    entries: compiled.release.entries,
    syncMode: first.syncMode,
    prune: pruneOf(rules),
    onFailure,
    selfHeal: rules.every((rule) => rule.selfHeal),
    dryRun: job.dryRun || compiled.destination.planOnly || rules.some((rule) => rule.dryRun),
    repair: job.full,
    undo: targets > 1 && onFailure === 'rollback',
  }
}

function pullRequestOf({ number, head, base }: NonNullable<PlanJob['pullRequest']>): NonNullable<Target['pullRequest']> {
  return { number, head, base }
}

/** Several rules at one destination delete only what all of them would. */
function pruneOf(rules: readonly Rule[]): Target['prune'] {
  const prunes = rules.map((rule) => rule.prune)
  const budgets = prunes.flatMap((prune) => (prune.maxDelete === undefined ? [] : [prune.maxDelete]))
  return {
    enabled: prunes.every((prune) => prune.enabled),
    scope: prunes.every((prune) => prune.scope === 'all') ? 'all' : 'owned',
    last: prunes.some((prune) => prune.last),
    dryRun: prunes.some((prune) => prune.dryRun),
    protection: [...new Set(prunes.flatMap((prune) => prune.protection))],
    ...(budgets.length > 0 ? { maxDelete: Math.min(...budgets) } : {}),
  }
}
