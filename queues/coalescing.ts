import { createHash } from 'node:crypto'
import type { Lane } from './catalog.js'
import type { HealJob, PlanJob } from './jobs.js'

type PlanInput = Omit<PlanJob, 'version'>

/**
 * Two plans with one key ask for the same work, so a waiting one absorbs the other and a running one is followed by one more.
 * BullMQ keeps the payload of the job that waits; so everything that changes what a plan does is part of the key. Left out are what a later
 * plan may lose: who asked (`correlation`, `cause`).
 * The lane is part of it: a person's push absorbed by a waiting sweep would wait as long as the sweep.
 * A hash, because an id in Redis may neither be an integer nor hold colons, and a ref may be long.
 */
export function planKey(plan: PlanInput, lane: Lane): string {
  const { platform, repo, ref, datasource, location, dryRun, full, pullRequest, defaultBranch } = plan
  const request = pullRequest && [pullRequest.number, pullRequest.head, pullRequest.base, pullRequest.closed]
  const parts = [lane, platform, repo, ref, datasource ?? null, location ?? null, dryRun, full, request ?? null, defaultBranch ?? null]
  return `p${keyOf(parts)}`
}

/** One heal of a destination at a time: each poll that still sees the drift would add another. */
export function healKey({ datasource, location, source }: Pick<HealJob, 'datasource' | 'location' | 'source'>): string {
  return `h${keyOf([datasource, location, source])}`
}

function keyOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)
}

/** A person waits for a push or a sync; for all other causes nobody does. */
export function planLane(cause: PlanJob['cause']): Lane {
  return cause === 'webhook' || cause === 'sync' ? 'normal' : 'background'
}
