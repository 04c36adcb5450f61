import { randomUUID } from 'node:crypto'
import type { Rule } from '@vartrack/bundle'
import { compileDestination, type Destination, literalPrefixes, type RefEvent, resolveDestinations, rulesFor } from '@vartrack/engine'
import { toVarTrackError, type VarTrackError } from '@vartrack/errors'
import type { Repository } from '@vartrack/git'
import type { PlanJob } from '@vartrack/queues'
import type { ChangeSet } from '@vartrack/state'
import { changeSetOf, handToWriters, recordRefusal, toldOf } from './change-set.js'
import { claimKeys } from './claims.js'
import type { PlannerContext } from './context.js'
import { departedDestinations } from './departed.js'
import { planGovernedRefs } from './governed-refs.js'
import { type ReadHead, readHead } from './head.js'
import { createInspection } from './inspection.js'
import { recall } from './recall.js'
import { effectiveRules } from './settings.js'
import { settled } from './settled.js'
import { handStanding, standingTarget } from './standing.js'
import { type Compiled, targetOf } from './targets.js'
import { touched } from './touched.js'
import { vanishedDestinations } from './vanished.js'

/**
 * Brings what a ref says to every destination it feeds: takes a generation, reads the head, compiles, claims, and hands one change set to the writers.
 * A refusal anywhere ends the change set before any write, and is recorded.
 * @throws VarTrackError whatever refused the change set
 */
export async function planJob(job: PlanJob, signal: AbortSignal, context: PlannerContext): Promise<void> {
  const rules = rulesFor(context.bundle(), job.platform, job.repo, job.datasource)
  if (rules.length === 0) return context.log.info({ repo: job.repo, ref: job.ref }, 'no rule is about this repository; nothing to do')
  const id = randomUUID()
  const started = performance.now()
  const ended = (outcome: string) => context.metrics.plan(job.cause, outcome, (performance.now() - started) / 1000)
  try {
    await planRef(job, rules, id, signal, context)
    ended('planned')
  } catch (error) {
    ended(toVarTrackError(error).code)
    await recordRefusal(job, id, error, context)
    throw error
  }
}

async function timed<T>(context: PlannerContext, step: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now()
  try {
    return await work()
  } finally {
    context.metrics.step(step, (performance.now() - started) / 1000)
  }
}

async function planRef(job: PlanJob, rules: readonly Rule[], id: string, signal: AbortSignal, context: PlannerContext): Promise<void> {
  const repository = context.git.repository(await context.remote(job.platform, job.repo))
  const datasources = [...new Set(rules.flatMap((rule) => rule.datasources))]
  let head = await timed(context, 'fetch', () => readHead(context, job, datasources, repository, 0, signal))
  const standing = head.inForce ? undefined : await standingTarget(job, context, signal)
  if (standing) return handStanding(job, id, standing, context)
  let destinations = await timed(context, 'resolve', () => destinationsAt(job, rules, repository, head, signal, context))
  const behind = await recall(context, job, destinations, signal)
  if (behind >= head.generation) {
    head = await readHead(context, job, datasources, repository, behind, signal)
    destinations = await destinationsAt(job, rules, repository, head, signal, context)
  }
  await handOn(job, id, repository, head, destinations, signal, context)
}

async function destinationsAt(
  job: PlanJob,
  rules: readonly Rule[],
  repository: Repository,
  head: ReadHead,
  signal: AbortSignal,
  context: PlannerContext,
): Promise<Destination[]> {
  if (head.commit === undefined || job.pullRequest?.closed) return departedDestinations(job, rules, context)
  const effective = await effectiveRules(context, job, rules, repository, head, signal)
  if (effective.changed && head.settles) await planGovernedRefs(job, context)
  const tree = await repository.tree(head.commit, signal, literalPrefixes(effective.rules))
  const present = new Set(tree.map((entry) => entry.path))
  const removed = [...head.changes.paths].filter((path) => !present.has(path))
  const event = eventOf(job)
  const resolved = resolveDestinations({
    bundle: context.bundle(),
    sinks: context.sinks,
    rules: effective.rules,
    repo: job.repo,
    event,
    tree,
    removed,
  })
  const unknown = (datasource: string) => effective.changed || job.full || head.changes.in(datasource) === undefined
  const vanished = await vanishedDestinations({ job, event, rules: effective.rules, present: resolved, unknown, signal }, context)
  const all = [...resolved, ...vanished]
  tellOfMissingFiles(job, effective.rules, all, context)
  const wanted = all.filter((one) => job.location === undefined || one.location === job.location)
  return effective.changed || job.full ? wanted : wanted.filter((one) => touched(one, head.changes.in(one.datasource)))
}

/** A file that was never there: the rule does nothing and says so. */
function tellOfMissingFiles(job: PlanJob, rules: readonly Rule[], destinations: readonly Destination[], context: PlannerContext): void {
  const fed = new Set(destinations.flatMap((one) => one.files.map((file) => file.rule.name)))
  for (const rule of rules.filter((candidate) => !fed.has(candidate.name))) {
    context.log.info({ repo: job.repo, ref: job.ref, rule: rule.name }, 'no file of this rule is in the repository; it does nothing')
  }
}

function eventOf(job: PlanJob): RefEvent {
  const { pullRequest } = job
  if (!pullRequest) return { kind: 'push', ref: job.ref }
  return { kind: 'pull_request', number: pullRequest.number, head: pullRequest.head, base: pullRequest.base }
}

async function handOn(
  job: PlanJob,
  id: string,
  repository: Repository,
  head: ReadHead,
  destinations: readonly Destination[],
  signal: AbortSignal,
  context: PlannerContext,
): Promise<void> {
  const commit = head.commit ?? ''
  if (head.settles) await context.state.putTried(job, commit)
  const fields = { repo: job.repo, ref: job.ref, commit, correlation: job.correlation }
  if (destinations.length === 0) {
    if (head.settles) await settled(context.state, job, head.settles)
    return context.log.info(fields, 'the commits touched no file of any rule; nothing to do')
  }
  const { compiled, warnings } = await timed(context, 'compile', () => compileAll(job, repository, destinations, signal, context))
  const facts = { generation: head.generation, commit, targets: compiled.length }
  const targets = compiled.map((one) => targetOf(job, one, facts))
  const { settles } = head
  const changeSet = changeSetOf(job, { id, commit, settles, targets, warnings: warnings.length > 0 ? toldOf(warnings) : undefined })
  await timed(context, 'claim', () => claimAll(job, compiled, changeSet, signal, context))
  await timed(context, 'store', () => storeAndHandOn(job, changeSet, compiled, context))
  context.log.info({ ...fields, changeSet: id, destinations: compiled.length, generation: head.generation }, 'planned')
}

async function compileAll(
  job: PlanJob,
  repository: Repository,
  destinations: readonly Destination[],
  signal: AbortSignal,
  context: PlannerContext,
): Promise<{ readonly compiled: readonly Compiled[]; readonly warnings: readonly VarTrackError[] }> {
  const { core, parser, cache } = context
  const { inspect, end } = createInspection(job, context)
  const compile = { core, bundle: context.bundle(), repository, parser, cache, inspect, signal }
  const compiled = await Promise.all(
    destinations.map(async (destination) => ({ destination, release: await compileDestination(compile, destination) })),
  )
  for (const { release } of compiled) {
    for (const diagnostic of release.diagnostics) context.log.warn({ ...diagnostic, repo: job.repo }, diagnostic.message)
  }
  return { compiled, warnings: end() }
}

/** All or none: what a refused change set claimed before the refusal is put back. */
async function claimAll(
  job: PlanJob,
  compiled: readonly Compiled[],
  changeSet: ChangeSet,
  signal: AbortSignal,
  context: PlannerContext,
): Promise<void> {
  const putBack: (() => Promise<void>)[] = []
  try {
    for (const [index, one] of compiled.entries()) {
      const target = changeSet.targets[index]
      if (!target || target.dryRun) continue
      putBack.push(await claimKeys(context, { at: target, ref: job.ref, destination: one.destination, release: one.release }, signal))
    }
  } catch (error) {
    await Promise.all(putBack.map((one) => one()))
    throw error
  }
}

async function storeAndHandOn(job: PlanJob, changeSet: ChangeSet, compiled: readonly Compiled[], context: PlannerContext): Promise<void> {
  const releases = new Map(compiled.map((one) => [one.release.digest, one.release.frame]))
  await Promise.all([...releases].map(([digest, frame]) => context.state.putRelease(digest, frame)))
  const sinks = compiled.map((one) => one.destination.type)
  await handToWriters(job, changeSet, sinks, context)
}
