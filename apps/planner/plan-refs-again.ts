import { isBranchOrTag } from '@vartrack/engine'
import type { JobInput, Producer } from '@vartrack/queues'
import type { RefName, State } from '@vartrack/state'

/** What the plans have in common: why, and for whom. */
type Cause = Pick<JobInput<'plan'>, 'correlation' | 'datasource' | 'defaultBranch'>

/**
 * Plans known branches and tags of a platform again, in full, though no commit of theirs tells that anything changed. Safe to run twice.
 * @param isMeant of those that have been planned before
 * @returns how many they are
 */
export async function planRefsAgain(
  platform: string,
  cause: Cause,
  isMeant: (known: Pick<RefName, 'repo' | 'ref'>) => boolean,
  { state, producer }: { readonly state: Pick<State, 'begunRefs'>; readonly producer: Pick<Producer, 'add'> },
): Promise<number> {
  let count = 0
  for await (const known of state.begunRefs(platform)) {
    if (!isBranchOrTag(known.ref) || !isMeant(known)) continue
    const { repo, ref } = known
    await producer.add('plan', { ...cause, cause: 'reload', platform, repo, ref, dryRun: false, full: true })
    count += 1
  }
  return count
}
