import { isLiteral, type Rule } from '@vartrack/bundle'
import { type Destination, type RefEvent, resolveDestinations } from '@vartrack/engine'
import type { PlanJob } from '@vartrack/queues'
import type { PlannerContext } from './context.js'
import { sourceName } from './head.js'

/** What is looked through for destinations whose files are gone. */
export interface VanishedInput {
  readonly job: PlanJob
  readonly event: RefEvent
  /** As `vartrack.json` leaves them. */
  readonly rules: readonly Rule[]
  /** Every destination that has a file at the commit. */
  readonly present: readonly Destination[]
  /** Is it unknown what was removed, since what was there before is? */
  readonly unknown: (datasource: string) => boolean
  readonly signal: AbortSignal
}

/**
 * Destinations that hold values of this ref although no file of their rules is there any more, with nothing but removed files: where a plan compares with no
 * commit, only what the destinations and Redis know tells that a file was there. Counted are those alone that the rules would still feed from a file of
 * theirs, and whose rules have all lost theirs: where a rule was renamed, narrowed or sent elsewhere, nothing was removed.
 * @throws VarTrackError from Redis or a store
 */
export async function vanishedDestinations(input: VanishedInput, context: PlannerContext): Promise<Destination[]> {
  const fed = new Set(input.present.map(keyOf))
  const empty = new Map<string, Destination>()
  for (const rule of input.rules.filter((one) => one.datasources.some(input.unknown))) {
    for (const one of placesOf(rule, input, context)) {
      if (one.planOnly || fed.has(keyOf(one)) || !input.unknown(one.datasource)) continue
      const files = [{ rule, path: '', blob: undefined }]
      const known = empty.get(keyOf(one))
      empty.set(keyOf(one), known ? { ...known, files: [...known.files, ...files] } : { ...one, files })
    }
  }
  const held = await Promise.all([...empty.values()].map(async (one) => ((await holdsValues(one, input, context)) ? [one] : [])))
  return held.flat()
}

function keyOf({ datasource, location }: Pick<Destination, 'datasource' | 'location'>): string {
  return JSON.stringify([datasource, location])
}

/** Where a file of the rule would go. A glob stands for files that nobody knows: of each environment that its paths may name. */
function placesOf(rule: Rule, { job, event }: VanishedInput, context: PlannerContext): Destination[] {
  return variantsOf(rule).flatMap((variant) =>
    resolveDestinations({
      bundle: context.bundle(),
      sinks: context.sinks,
      rules: [variant],
      repo: job.repo,
      event,
      tree: [],
      removed: [variant.fileName],
    }),
  )
}

type OneFile = Rule & { readonly fileName: string }

function variantsOf(rule: Rule): OneFile[] {
  const { fileName } = rule
  if (fileName !== undefined && isLiteral(fileName)) return [{ ...rule, fileName }]
  const environments = [...new Set(Object.values(rule.filePathMap))]
  if (environments.length === 0) return [{ ...rule, fileName: 'vanished' }]
  return environments.map((environment) => ({ ...rule, fileName: 'vanished', filePathMap: { vanished: environment } }))
}

/** Does this ref have values there that these rules, and no others, brought? Redis says so; where it lost that, the head at the destination does. */
async function holdsValues(
  { datasource, location, environment, files }: Destination,
  input: VanishedInput,
  context: PlannerContext,
): Promise<boolean> {
  const { job, signal } = input
  const source = sourceName(job.platform, job.repo)
  const target = await context.state.target({ datasource, location, source })
  if (target) {
    const names = new Set(files.map((file) => file.rule.name))
    return target.ref === job.ref && target.environment === environment && target.entries > 0 && target.rules.every((rule) => names.has(rule))
  }
  const heads = await context.sessions.use(datasource, (session) => session.heads(location, signal))
  return heads.some((head) => head.source === source && head.ref === job.ref && head.environment === environment && head.entries > 0)
}
