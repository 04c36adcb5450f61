import { createHash } from 'node:crypto'
import type { Bundle } from '@vartrack/bundle'
import type { RegistryLocation } from '@vartrack/schemas'

/** One repeating job the leader keeps in Redis. */
export type Scheduler =
  | { readonly id: string; readonly job: 'poll'; readonly everyMs: number; readonly data: { readonly datasource: string } }
  | { readonly id: string; readonly job: 'sweep'; readonly everyMs: number; readonly data: { readonly platform: string } }
  | { readonly id: string; readonly job: 'refresh'; readonly everyMs: number; readonly data: { readonly registry: string } }

/** Heads are compared this often, in ms (architecture.md, Order and fencing). */
const SWEEP_EVERY_MS = 60_000
/** Schema registries are read this often, in ms, beside their own pushes. */
const REFRESH_EVERY_MS = 5 * 60_000

/** Every scheduler a bundle asks for: a poll per datasource that a rule feeds, a sweep per platform that a rule names, a refresh per schema registry. */
export function wantedSchedulers(bundle: Bundle, registries: readonly RegistryLocation[]): Scheduler[] {
  const datasources = new Set(bundle.rules.flatMap((rule) => rule.datasources))
  const platforms = new Set(bundle.rules.map((rule) => rule.platform))
  const polls = [...datasources].map((datasource) => pollOf(bundle, datasource))
  const sweeps = [...platforms].map((platform) => ({ id: `sweep-${platform}`, job: 'sweep' as const, everyMs: SWEEP_EVERY_MS, data: { platform } }))
  return [...polls, ...sweeps, ...registries.map(refreshOf)]
}

function refreshOf({ key }: RegistryLocation): Scheduler {
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 16)
  return { id: `refresh-${hash}`, job: 'refresh', everyMs: REFRESH_EVERY_MS, data: { registry: key } }
}

/** The shortest interval of its rules; each destination is then checked at its own. */
function pollOf(bundle: Bundle, datasource: string): Scheduler {
  const rules = bundle.rules.filter((rule) => rule.datasources.includes(datasource))
  const everyMs = Math.min(...rules.map((rule) => rule.pollIntervalMs ?? bundle.pollIntervalMs))
  return { id: `poll-${datasource}`, job: 'poll', everyMs, data: { datasource } }
}
