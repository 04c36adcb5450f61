import type { Bundle } from '@vartrack/bundle'

/** One repeating job the leader keeps in Redis. */
export type Scheduler =
  | { readonly id: string; readonly job: 'poll'; readonly everyMs: number; readonly data: { readonly datasource: string } }
  | { readonly id: string; readonly job: 'sweep'; readonly everyMs: number; readonly data: { readonly platform: string } }

/** Heads are compared this often, in ms (architecture.md, Order and fencing). */
const SWEEP_EVERY = 60_000

/** Every scheduler a bundle asks for: a poll per datasource that a rule feeds, a sweep per platform that a rule names. */
export function wantedSchedulers(bundle: Bundle): Scheduler[] {
  const datasources = new Set(bundle.rules.flatMap((rule) => rule.datasources))
  const platforms = new Set(bundle.rules.map((rule) => rule.platform))
  const polls = [...datasources].map((datasource) => pollOf(bundle, datasource))
  const sweeps = [...platforms].map((platform) => ({ id: `sweep-${platform}`, job: 'sweep' as const, everyMs: SWEEP_EVERY, data: { platform } }))
  return [...polls, ...sweeps]
}

/** The shortest interval of its rules; each destination is then checked at its own. */
function pollOf(bundle: Bundle, datasource: string): Scheduler {
  const rules = bundle.rules.filter((rule) => rule.datasources.includes(datasource))
  const everyMs = Math.min(...rules.map((rule) => rule.pollIntervalMs ?? bundle.pollIntervalMs))
  return { id: `poll-${datasource}`, job: 'poll', everyMs, data: { datasource } }
}
