import { randomUUID } from 'node:crypto'
import type { Rule } from '@vartrack/bundle'
import { type Destination, literalPrefixes, type RefEvent, resolveDestinations, rulesFor } from '@vartrack/engine'
import { toVarTrackError } from '@vartrack/errors'
import { isAnothers, type JobContext, type PlanJob } from '@vartrack/queues'
import { recordRefusal } from './change-set.js'
import type { PlannerContext } from './context.js'
import { departedDestinations } from './departed.js'
import { planGovernedRefs } from './governed-refs.js'
import { handOn } from './hand-on.js'
import { type ReadHead, readHead } from './head.js'
import { type PlanRun, timed } from './plan-run.js'
import { recall } from './recall.js'
import { effectiveRules } from './settings.js'
import { handStanding, standingTarget } from './standing.js'
import { touched } from './touched.js'
import { whileTried } from './tried.js'
import { vanishedDestinations } from './vanished.js'

/**
 * Brings what a ref says to every destination it feeds: takes a generation, reads the head, compiles, claims, and hands one change set to the writers.
 * A refusal anywhere ends the change set before any write, and is recorded.
 * @throws VarTrackError whatever refused the change set
 */
export async function planJob(job: PlanJob, { signal, isLastTry }: Pick<JobContext, 'signal' | 'isLastTry'>, context: PlannerContext): Promise<void> {
  const rules = rulesFor(context.bundle(), job.platform, job.repo, job.datasource)
  if (rules.length === 0) return context.log.info({ repo: job.repo, ref: job.ref }, 'no rule is about this repository; nothing to do')
  const id = randomUUID()
  const started = performance.now()
  const ended = (outcome: string) => context.metrics.plan(job.cause, outcome, (performance.now() - started) / 1000)
  try {
    const repository = context.git.repository(await context.remote(job.platform, job.repo))
    await planRef({ job, id, repository, signal, isLastTry, context }, rules)
    ended('planned')
  } catch (error) {
    ended(toVarTrackError(error).code)
    if (!isAnothers(signal)) await recordRefusal(job, id, { error: toVarTrackError(error), isLastTry }, context.state)
    throw error
  }
}

async function planRef(run: PlanRun, rules: readonly Rule[]): Promise<void> {
  const datasources = [...new Set(rules.flatMap((rule) => rule.datasources))]
  const head = await timed(run, 'fetch', () => readHead(run, datasources, 0))
  await whileTried(run, head.settles, () => planHead(run, rules, datasources, head))
}

async function planHead(run: PlanRun, rules: readonly Rule[], datasources: readonly string[], head: ReadHead): Promise<void> {
  const standing = head.inForce ? undefined : await standingTarget(run)
  if (standing) return handStanding(run, standing)
  const destinations = await timed(run, 'resolve', () => destinationsAt(run, rules, head))
  const behind = await recall(run, destinations)
  if (behind < head.generation) return handOn(run, head, destinations)
  const newer = await readHead(run, datasources, behind)
  await whileTried(run, newer.settles, async () => handOn(run, newer, await destinationsAt(run, rules, newer)))
}

async function destinationsAt(run: PlanRun, rules: readonly Rule[], head: ReadHead): Promise<Destination[]> {
  const { job, repository, signal, context } = run
  if (head.commit === undefined || job.pullRequest?.closed) return departedDestinations(job, rules, context)
  const effective = await effectiveRules(run, rules, head)
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

/** A file that was never there, or a ref that the rule does not name: the rule does nothing and says so. */
function tellOfMissingFiles(job: PlanJob, rules: readonly Rule[], destinations: readonly Destination[], context: PlannerContext): void {
  const fed = new Set(destinations.flatMap((one) => one.files.map((file) => file.rule.name)))
  for (const rule of rules.filter((candidate) => !fed.has(candidate.name))) {
    context.log.info(
      { repo: job.repo, ref: job.ref, rule: rule.name },
      'no file of this rule is in the repository, or the rule does not name this ref; it does nothing',
    )
  }
}

function eventOf(job: PlanJob): RefEvent {
  const { pullRequest } = job
  if (!pullRequest) return { kind: 'push', ref: job.ref }
  return { kind: 'pull_request', number: pullRequest.number, head: pullRequest.head, base: pullRequest.base }
}
