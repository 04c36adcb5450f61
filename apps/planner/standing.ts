import type { Target } from '@vartrack/state'
import { changeSetOf, handToWriters } from './change-set.js'
import { sourceName } from './head.js'
import type { PlanRun } from './plan-run.js'
import { sinkTypeOf } from './sink-type.js'

/**
 * What stands at the destination of a heal, to be written there again while the head of its ref is not in force: its change set failed, was refused or is
 * still under way, and a heal must not bring it to one destination alone. It keeps its generation, so that the fence lets it through only as long as nothing
 * newer is there.
 * @returns `undefined` when nothing stands there, or its release is not known any more
 */
export async function standingTarget({ job, signal, context }: PlanRun): Promise<Target | undefined> {
  if (job.datasource === undefined || job.location === undefined) return undefined
  const { datasource, location } = job
  const source = sourceName(job.platform, job.repo)
  const target = await context.state.target({ datasource, location, source })
  if (!target) return undefined
  const heads = await context.sessions.use(datasource, (session) => session.heads(location, signal))
  const head = heads.find((candidate) => candidate.source === source)
  if (!head || (await context.state.release(head.digest)) === undefined) return undefined
  const { ref, environment, generation, commit, digest, entries } = head
  return { ...target, ref, environment, generation, commit, digest, entries, repair: true, undo: false }
}

/** Hands a {@link standingTarget} to the writers, as a change set of its own that settles nothing. */
export async function handStanding({ job, id, context }: PlanRun, target: Target): Promise<void> {
  const { datasource, location, commit, generation } = target
  const sink = sinkTypeOf(context.bundle(), datasource)
  await handToWriters(job, changeSetOf(job, { id, commit, settles: undefined, targets: [target] }), [sink], context)
  context.log.warn(
    { repo: job.repo, ref: job.ref, correlation: job.correlation, changeSet: id, datasource, location, commit, generation },
    'the head of the ref is not in force; what stood there before is put back',
  )
}
