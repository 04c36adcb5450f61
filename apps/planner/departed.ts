import type { Rule } from '@vartrack/bundle'
import type { Destination } from '@vartrack/engine'
import type { PlanJob } from '@vartrack/queues'
import type { Target } from '@vartrack/state'
import type { PlannerContext } from './context.js'
import { sourceName } from './head.js'
import { sinkTypeOf } from './sink-type.js'

/**
 * Destinations of a ref that is gone, or of a pull request that was closed, where the rule wants them emptied: each with a release that holds nothing.
 */
export async function departedDestinations(job: PlanJob, rules: readonly Rule[], context: PlannerContext): Promise<Destination[]> {
  const leaving = rules.filter((rule) => (job.pullRequest ? rule.prune.enabled : rule.onBranchDelete === 'prune'))
  const found: Destination[] = []
  for (const datasource of new Set(leaving.flatMap((rule) => rule.datasources))) {
    for await (const target of context.state.targets(datasource)) {
      const rule = leaving.find((candidate) => target.rules.includes(candidate.name))
      if (rule && isOf(job, target)) found.push(emptied(target, rule, context))
    }
  }
  return found
}

function isOf(job: PlanJob, target: Target): boolean {
  return target.source === sourceName(job.platform, job.repo) && target.ref === job.ref
}

/** The operator asked for the deletes by the rule itself, so the budget does not stop them; protection still does. */
function emptied(target: Target, rule: Rule, context: PlannerContext): Destination {
  const prune = { ...rule.prune, enabled: true, scope: 'owned' as const, last: false, maxDelete: Number.MAX_SAFE_INTEGER }
  return {
    datasource: target.datasource,
    type: sinkTypeOf(context.bundle(), target.datasource),
    location: target.location,
    environment: target.environment,
    planOnly: false,
    names: {},
    files: [{ rule: { ...rule, prune }, path: '', blob: undefined }],
  }
}
