import { compileDestination, type Destination } from '@vartrack/engine'
import { allOrRefusals, type VarTrackError } from '@vartrack/errors'
import type { ChangeSet } from '@vartrack/state'
import { changeSetOf, handToWriters, toldOf } from './change-set.js'
import { claimKeys, compareKeys } from './claims.js'
import type { ReadHead } from './head.js'
import { createInspection } from './inspection.js'
import { type PlanRun, timed } from './plan-run.js'
import { settled } from './settled.js'
import { type Compiled, targetOf } from './targets.js'

/**
 * Makes one change set of the destinations and hands it to the writers: compiled, held to the schemas and claimed, all or nothing.
 * @throws VarTrackError whatever refuses one of them; nothing is claimed then that was not before
 */
export async function handOn(run: PlanRun, head: ReadHead, destinations: readonly Destination[]): Promise<void> {
  const { job, id, context } = run
  const { generation, settles, commit = '' } = head
  const fields = { repo: job.repo, ref: job.ref, commit, correlation: job.correlation }
  if (destinations.length === 0) {
    if (settles) await settled(context.state, job, settles)
    const why = head.commit === undefined ? 'the ref is not in the repository' : 'the commits touched no file of any rule'
    return context.log.info(fields, `${why}; nothing to do`)
  }
  const { compiled, warnings } = await timed(run, 'compile', () => compileAll(run, destinations))
  const targets = compiled.map((one) => targetOf(job, one, { generation, commit, targets: compiled.length }))
  const changeSet = changeSetOf(job, { id, commit, settles, targets, warnings: warnings.length > 0 ? toldOf(warnings) : undefined })
  await timed(run, 'claim', () => claimAll(run, compiled, changeSet))
  await timed(run, 'store', () => storeAndHandOn(run, changeSet, compiled))
  context.log.info({ ...fields, changeSet: id, destinations: compiled.length, generation }, 'planned')
}

async function compileAll(
  { job, repository, signal, context }: PlanRun,
  destinations: readonly Destination[],
): Promise<{ readonly compiled: readonly Compiled[]; readonly warnings: readonly VarTrackError[] }> {
  const { core, parser, cache } = context
  const { inspect, end, endRefused } = createInspection(job, context)
  const compile = { core, bundle: context.bundle(), repository, parser, cache, inspect, signal }
  const compiled = await allOrRefusals(
    destinations.map(async (destination) => ({ destination, release: await compileDestination(compile, destination) })),
  ).catch(endRefused)
  for (const { release } of compiled) {
    for (const diagnostic of release.diagnostics) context.log.warn({ ...diagnostic, repo: job.repo }, diagnostic.message)
  }
  return { compiled, warnings: end() }
}

/** What a refused change set claimed before the refusal is put back. */
async function claimAll({ job, signal, context }: PlanRun, compiled: readonly Compiled[], changeSet: ChangeSet): Promise<void> {
  const putBack: (() => Promise<void>)[] = []
  try {
    for (const [index, one] of compiled.entries()) {
      const target = changeSet.targets[index]
      if (!target) continue
      const wish = { at: target, ref: job.ref, destination: one.destination, release: one.release }
      if (target.dryRun) await compareKeys(context, wish, signal)
      else putBack.push(await claimKeys(context, wish, signal))
    }
  } catch (error) {
    await Promise.all(putBack.map((one) => one()))
    throw error
  }
}

async function storeAndHandOn({ job, context }: PlanRun, changeSet: ChangeSet, compiled: readonly Compiled[]): Promise<void> {
  const releases = new Map(compiled.map((one) => [one.release.digest, one.release.frame]))
  await Promise.all([...releases].map(([digest, frame]) => context.state.putRelease(digest, frame)))
  const sinks = compiled.map((one) => one.destination.type)
  await handToWriters(job, changeSet, sinks, context)
}
