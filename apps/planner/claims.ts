import { type Destination, journalOf } from '@vartrack/engine'
import { VarTrackError } from '@vartrack/errors'
import type { Claim, SourceAt } from '@vartrack/state'
import type { PlannerContext } from './context.js'

/** A source's wish for the keys of its release. */
export interface Wish {
  readonly at: SourceAt
  readonly ref: string
  readonly destination: Destination
  readonly release: { readonly frame: Buffer; readonly digest: string }
}

/**
 * Claims the keys of a release at its destination. No key has two owners, and one repository has one ref at a destination.
 * @throws VarTrackError `claim.conflict`, `claim.second_ref`, naming both sides; the claim held before is put back
 */
export async function claimKeys(context: PlannerContext, wish: Wish): Promise<void> {
  const { at } = wish
  const before = await context.state.claims(at.datasource, at.location)
  const mine = before.find((claim) => claim.source === at.source)
  refuseSecondRef(wish, mine)
  const claim: Claim = { source: at.source, ref: wish.ref, environment: wish.destination.environment, digest: wish.release.digest }
  const older = await context.state.claim(at, claim)
  try {
    await refuseOverlap(
      context,
      wish,
      older.filter((other) => other.source !== at.source),
    )
  } catch (error) {
    await context.state.restoreClaim(at, mine)
    throw error
  }
}

function refuseSecondRef(wish: Wish, mine: Claim | undefined): void {
  if (!mine || (mine.ref === wish.ref && mine.environment === wish.destination.environment)) return
  throw new VarTrackError({
    code: 'claim.second_ref',
    message: `${wish.at.source} already feeds ${wish.at.location} from ${mine.ref} (${mine.environment}); ${wish.ref} (${wish.destination.environment}) may not as well.`,
    remedy: 'Make destination_template tell them apart, or give up the first with `vt destinations release`.',
    place: { datasource: wish.at.datasource, destination: wish.at.location },
  })
}

async function refuseOverlap(context: PlannerContext, wish: Wish, others: readonly Claim[]): Promise<void> {
  const held = await Promise.all(others.map(async (claim) => ({ claim, keys: await keysOf(context, wish.at, claim) })))
  const known = held.filter((one): one is { claim: Claim; keys: Buffer } => one.keys !== undefined)
  if (known.length === 0) return
  const [overlap] = await context.core.overlaps(
    wish.release.frame,
    known.map((one) => one.keys),
  )
  if (overlap) throw conflict(wish, overlap.key, known[overlap.index]?.claim.source ?? 'another source')
}

/** The claimed release, or when Redis lost it the ledger at the destination. */
async function keysOf(context: PlannerContext, at: SourceAt, claim: Claim): Promise<Buffer | undefined> {
  const release = await context.state.release(claim.digest)
  if (release) return release
  return context.sessions.use(at.datasource, async (session) => {
    const signal = AbortSignal.timeout(10_000)
    const head = (await session.heads(at.location, signal)).find((candidate) => candidate.source === claim.source)
    return (await journalOf(session, at.location, head, signal))?.ledger
  })
}

function conflict(wish: Wish, key: string, owner: string): VarTrackError {
  return new VarTrackError({
    code: 'claim.conflict',
    message: `${key} at ${wish.at.location} belongs to ${owner}; ${wish.at.source} may not write it as well.`,
    remedy: 'Remove the key from one of the repositories, or send them to different destinations.',
    place: { datasource: wish.at.datasource, destination: wish.at.location, key },
  })
}
