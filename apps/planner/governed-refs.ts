import { isBranchOrTag } from '@vartrack/engine'
import type { PlanJob } from '@vartrack/queues'
import type { PlannerContext } from './context.js'

/**
 * Plans again the other refs that the `vartrack.json` of a repository's default branch governs, since it has changed and no commit of theirs tells so. Safe to
 * run twice.
 * @param job of the default branch
 */
export async function planGovernedRefs(job: PlanJob, context: PlannerContext): Promise<void> {
  const { platform, repo, datasource, defaultBranch } = job
  let refs = 0
  for await (const known of context.state.begunRefs(platform)) {
    if (known.repo !== repo || known.ref === job.ref || !isBranchOrTag(known.ref)) continue
    const narrowed = { ...(datasource === undefined ? {} : { datasource }), ...(defaultBranch === undefined ? {} : { defaultBranch }) }
    const { correlation } = job
    await context.producer.add('plan', { correlation, cause: 'reload', platform, repo, ref: known.ref, ...narrowed, dryRun: false, full: true })
    refs += 1
  }
  if (refs > 0)
    context.log.info({ repo, ref: job.ref, refs, correlation: job.correlation }, 'vartrack.json changed; the other refs are planned with it')
}
