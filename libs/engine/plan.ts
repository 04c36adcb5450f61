import { createHash } from 'node:crypto'
import type { DiffSummary, PlannedChange } from '@vartrack/core'
import { prepare } from './prepare.js'
import type { ApplyRequest, EngineContext } from './request.js'

/** What an apply would do, without doing it. */
export interface Plan {
  readonly summary: DiffSummary
  readonly changes: readonly PlannedChange[]
  /** Hex; the same plan has the same hash, so that an approval names what it approves. */
  readonly hash: string
}

/**
 * The plan of a release at its destination: the way of an apply, up to the write.
 * @throws VarTrackError as {@link apply}
 */
export async function plan(context: EngineContext, request: ApplyRequest): Promise<Plan> {
  const heads = await context.session.heads(request.location, context.signal)
  const { diff } = await prepare(context, { ...request, repair: true }, heads, true)
  return { summary: diff.summary, changes: diff.report, hash: createHash('sha256').update(diff.changes).digest('hex') }
}
