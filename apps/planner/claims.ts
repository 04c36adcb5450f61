import { type Destination, journalOf } from '@vartrack/engine'
import { VarTrackError } from '@vartrack/errors'
import { type Claim, counterOf, type SourceAt } from '@vartrack/state'
import type { PlannerContext } from './context.js'

/** A source's wish for the keys of its release. */
export interface Wish {
  /** With the generation of the plan. */
  readonly at: SourceAt & { readonly generation: number }
  readonly ref: string
  readonly destination: Destination
  readonly release: { readonly frame: Buffer; readonly digest: string }
}

/** How often a claim is compared again because others have claimed meanwhile. */
const TRIES = 20

/**
 * Claims the keys of a release at its destination. No key has two owners, and one repository has one ref at a destination. It is compared first and claimed
 * then, unless anything has changed in between: what is refused has claimed nothing at any time, whoever dies or looks meanwhile.
 * @returns puts back the claim held before, for when the change set is refused elsewhere
 * @throws VarTrackError `claim.conflict`, `claim.second_ref`, naming both sides; `plan.overtaken` (retry)
 */
export async function claimKeys(context: PlannerContext, wish: Wish, signal: AbortSignal): Promise<() => Promise<void>> {
  const { at, ref, destination, release } = wish
  const { source, generation } = at
  const claim: Claim = { source, ref, environment: destination.environment, digest: release.digest, generation }
  let seen: string | undefined
  for (let tries = 0; tries < TRIES; tries += 1) {
    const tried = await context.state.tryClaim(at, claim, seen)
    const { mine, others } = sides(tried.before, source)
    if (tried.claimed) return () => context.state.restoreClaim(at, generation, mine)
    refuseSecondRef(wish, mine)
    await refuseOvertaken(context, wish, mine)
    await refuseOverlap(context, wish, others, signal)
    seen = tried.seen
  }
  throw overtaken(wish)
}

/**
 * Says what {@link claimKeys} would refuse, and claims nothing.
 * @throws VarTrackError `claim.conflict`, `claim.second_ref`
 */
export async function compareKeys(context: PlannerContext, wish: Wish, signal: AbortSignal): Promise<void> {
  const { source, datasource, location } = wish.at
  const { mine, others } = sides(await context.state.claims(datasource, location), source)
  // The plan of a pull request looks at the place of the branch that it is to be merged into.
  if (!wish.destination.planOnly) refuseSecondRef(wish, mine)
  await refuseOverlap(context, wish, others, signal)
}

function sides(claims: readonly Claim[], source: string): { readonly mine: Claim | undefined; readonly others: readonly Claim[] } {
  const mine = claims.find((claim) => claim.source === source)
  return { mine, others: claims.filter((claim) => claim !== mine) }
}

/** The counter may be behind a plan that began before Redis was emptied. */
async function refuseOvertaken(context: PlannerContext, wish: Wish, mine: Claim | undefined): Promise<void> {
  const there = mine?.generation ?? 0
  if (there <= wish.at.generation) return
  await context.state.takeGeneration(counterOf(wish.at.source), there)
  throw overtaken(wish)
}

function overtaken({ at }: Wish): VarTrackError {
  return new VarTrackError({
    code: 'plan.overtaken',
    message: `Other plans claimed ${at.location} for ${at.source} before this one could.`,
    remedy: 'It is tried again, and reads the head anew.',
    place: { datasource: at.datasource, destination: at.location },
    disposition: { kind: 'retry' },
  })
}

/** The same ref under another environment is no second one: its environment has a new name. That a plan brings two of them is refused before. */
function refuseSecondRef(wish: Wish, mine: Claim | undefined): void {
  if (!mine || mine.ref === wish.ref) return
  throw new VarTrackError({
    code: 'claim.second_ref',
    message: `${wish.at.source} already feeds ${wish.at.location} from ${mine.ref} (${mine.environment}); ${wish.ref} (${wish.destination.environment}) may not as well.`,
    remedy:
      'Make destination_template tell them apart ({branch}, or {env} with another environment for each), or delete the first ref under a rule with on_branch_delete: "prune".',
    place: { datasource: wish.at.datasource, destination: wish.at.location },
  })
}

async function refuseOverlap(context: PlannerContext, wish: Wish, others: readonly Claim[], signal: AbortSignal): Promise<void> {
  const held = await Promise.all(others.map(async (claim) => ({ claim, keys: await keysOf(context, wish.at, claim, signal) })))
  const known = held.filter((one): one is { claim: Claim; keys: Buffer } => one.keys !== undefined)
  if (known.length === 0) return
  const [overlap] = await context.core.overlaps(
    wish.release.frame,
    known.map((one) => one.keys),
  )
  if (overlap) throw conflict(wish, overlap.key, known[overlap.index]?.claim.source ?? 'another source')
}

/** The claimed release, or when Redis lost it the ledger at the destination. */
async function keysOf(context: PlannerContext, at: SourceAt, claim: Claim, signal: AbortSignal): Promise<Buffer | undefined> {
  const release = await context.state.release(claim.digest)
  if (release) return release
  return context.sessions.use(at.datasource, async (session) => {
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
