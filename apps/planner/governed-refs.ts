import type { PlanJob } from '@vartrack/queues'
import type { PlannerContext } from './context.js'
import { planRefsAgain } from './plan-refs-again.js'

/**
 * Plans again the other refs that the `vartrack.json` of a repository's default branch governs, since it has changed and no commit of theirs tells so. Safe to
 * run twice.
 * @param job of the default branch
 */
export async function planGovernedRefs(job: PlanJob, context: PlannerContext): Promise<void> {
  const { correlation, platform, repo, ref, datasource, defaultBranch } = job
  const narrowed = { ...(datasource === undefined ? {} : { datasource }), ...(defaultBranch === undefined ? {} : { defaultBranch }) }
  const refs = await planRefsAgain(platform, { correlation, ...narrowed }, (known) => known.repo === repo && known.ref !== ref, context)
  if (refs > 0) context.log.info({ repo, ref, refs, correlation }, 'vartrack.json changed; the other refs are planned with it')
}
