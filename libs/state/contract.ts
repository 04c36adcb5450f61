import { z } from 'zod'

/** One source at one destination: what a write, a lock, a history and a pause are about. */
export const SourceAt = z.object({
  datasource: z.string(),
  location: z.string(),
  /** `<platform>/<owner>/<repository>` */
  source: z.string(),
})
export type SourceAt = z.infer<typeof SourceAt>

/** What a write job needs beyond its ids; kept in the change set, without values. */
export const Target = SourceAt.extend({
  platform: z.string(),
  repo: z.string(),
  ref: z.string(),
  /** Whose ref it is, for planning it again: the ref alone does not say its environment. */
  pullRequest: z.object({ number: z.number().int().positive(), head: z.string(), base: z.string() }).optional(),
  environment: z.string(),
  /** The rules that feed it. */
  rules: z.array(z.string()),
  generation: z.number().int().positive(),
  commit: z.string(),
  /** Digest of the release in the store of releases. */
  digest: z.string(),
  entries: z.number().int().nonnegative(),
  syncMode: z.enum(['AUTO', 'GIT_UPSERT_ALL', 'GIT_SMART_REPAIR', 'LIVE_STATE']),
  prune: z.object({
    enabled: z.boolean(),
    scope: z.enum(['owned', 'all']),
    last: z.boolean(),
    dryRun: z.boolean(),
    protection: z.array(z.string()),
    maxDelete: z.number().int().nonnegative().optional(),
  }),
  onFailure: z.enum(['rollback', 'keep']),
  selfHeal: z.boolean(),
  dryRun: z.boolean(),
  /** Read live and repair even when the head's digest already matches: heal, sync by hand. */
  repair: z.boolean(),
  /** Keep what the write replaces: other targets of its change set may fail. A change set of an older version does not say. */
  undo: z.boolean().default(true),
})
export type Target = z.infer<typeof Target>

/** One line of a dry run's report; `null`: absent on that side. */
export const PlannedChange = z.object({
  key: z.string(),
  action: z.enum(['put', 'delete', 'keep', 'conflict']),
  from: z.string().nullable(),
  to: z.string().nullable(),
  origin: z.string().optional(),
})

/** How one target of a change set ended; counts are of keys. */
export const TargetOutcome = z.object({
  state: z.enum(['written', 'unchanged', 'planned', 'superseded', 'failed', 'rolled_back', 'degraded']),
  put: z.number().int(),
  deleted: z.number().int(),
  kept: z.number().int(),
  /** Deletes the prune budget stopped. */
  stoppedDeletes: z.number().int().optional(),
  error: z.object({ code: z.string(), message: z.string() }).loose().optional(),
  /** It failed in a way that leaves open whether the store took it, or a part of it. */
  uncertain: z.boolean().optional(),
  /** Of a dry run: the first 100 changes, secrets masked. */
  report: z.array(PlannedChange).optional(),
  at: z.string(),
})
export type TargetOutcome = z.infer<typeof TargetOutcome>

/** Everything that one event causes, over all destinations; without values. */
export const ChangeSet = z.object({
  id: z.string(),
  correlation: z.string(),
  cause: z.enum(['webhook', 'sync', 'sweep', 'heal', 'reload']),
  platform: z.string(),
  repo: z.string(),
  ref: z.string(),
  commit: z.string().optional(),
  createdAt: z.string(),
  state: z.enum(['planned', 'settled', 'failed', 'refused']),
  error: z.object({ code: z.string(), message: z.string() }).loose().optional(),
  targets: z.array(Target),
  /** What was wrong and refused nothing: violations of a schema where the rule is not strict. The first 100. */
  warnings: z.array(z.object({ code: z.string(), message: z.string() }).loose()).optional(),
  /** What counts as planned once it settles; a heal or a dry run settles nothing. */
  settles: z
    .object({
      datasources: z.array(z.string()),
      /** '': the ref is gone and forgotten. */
      commit: z.string(),
      generation: z.number().int(),
      /** Digest of the bundle. */
      bundle: z.string(),
    })
    .optional(),
})
export type ChangeSet = z.infer<typeof ChangeSet>
/** A change set without its targets. */
export type ChangeSetFacts = Omit<ChangeSet, 'targets'>

/** What is known of a source at a destination; docs/operations.md tells what each state means. Times are ISO 8601, drift counts keys. */
export const DestinationStatus = z.object({
  state: z.enum(['in_sync', 'drifted', 'degraded', 'unreachable', 'unknown']),
  checkedAt: z.string().optional(),
  writtenAt: z.string().optional(),
  commit: z.string().optional(),
  generation: z.number().int().optional(),
  drift: z.object({ changed: z.number(), missing: z.number(), extra: z.number() }).optional(),
})
export type DestinationStatus = z.infer<typeof DestinationStatus>

/** A ref of a repository. */
export interface RefName {
  readonly platform: string
  readonly repo: string
  /** Full: `refs/heads/main`. */
  readonly ref: string
}

/** What the destinations of a ref in one datasource may hold: a plan reads the files that differ from any of it. */
export const PlanBase = z.object({
  /** Whose change set settled last; absent when none did. */
  commit: z.string().optional(),
  generation: z.number().optional(),
  /** Digest of the bundle it was planned with. */
  bundle: z.string().optional(),
  /** Highest generation of a plan of all destinations here. */
  begun: z.number(),
  /** Commits that plans began with and that did not settle, with their generations: each may lie at some destination. */
  pending: z.record(z.string(), z.number()),
})
export type PlanBase = z.infer<typeof PlanBase>
/** By datasource. */
export const PlanBases = z.record(z.string(), PlanBase)

/** Everything Redis holds beside the queues. All of it can be lost (architecture.md, State); what is read back is checked with the schemas above. */
export interface State {
  /**
   * Takes a pair of generations, above the counter and the clock of Redis (decision 001): the first is returned, the second is its undo's.
   * @param atLeast the highest known at the destination
   */
  takeGeneration(at: SourceAt, atLeast: number): Promise<number>
  /** The counter as it stands; `undefined` after a loss. */
  generation(at: SourceAt): Promise<number | undefined>

  /** Stores a release frame by its digest, compressed, 7 days. */
  putRelease(digest: string, frame: Buffer): Promise<void>
  release(digest: string): Promise<Buffer | undefined>

  putChangeSet(changeSet: ChangeSet): Promise<void>
  changeSet(id: string): Promise<ChangeSet | undefined>
  /** One target of a change set without reading all of them: what a write job needs. */
  changeSetTarget(id: string, target: number): Promise<{ readonly changeSet: ChangeSetFacts; readonly target: Target } | undefined>
  /** Newest first. */
  changeSets(limit: number): Promise<ChangeSet[]>
  /** Records how one target ended; a later record of the same target replaces it. */
  putOutcome(changeSet: string, target: number, outcome: TargetOutcome): Promise<void>
  outcomes(changeSet: string): Promise<ReadonlyMap<number, TargetOutcome>>

  /**
   * Claims all keys of a release for a source, whatever others have claimed. What another ref of the source, or a later plan of it, has claimed stays.
   * @returns the claims held there before, its own too, older first
   */
  claim(at: SourceAt, claim: Claim): Promise<Claim[]>
  /**
   * Claims in one step with the comparison that its caller has made: not while others hold claims that the caller has not seen.
   * @param seen of the try before, whose claims were compared; at first none were
   */
  tryClaim(at: SourceAt, claim: Claim, seen?: string): Promise<ClaimTry>
  claims(datasource: string, location: string): Promise<Claim[]>
  /**
   * Puts back what was claimed before the plan of a generation claimed, or what its destination holds; `undefined`: nothing. A claim that another plan has
   * made since then stays, and one that is gone does not come back.
   */
  restoreClaim(at: SourceAt, generation: number, previous: Omit<Claim, 'order'> | undefined): Promise<void>
  /** Ends the claim of a source that has nothing there since a generation; one of a later plan stays. */
  releaseClaim(at: SourceAt, generation: number): Promise<void>

  /** The targets that are live: what the watcher polls. One per source and destination; one of a later generation stays. */
  putTarget(target: Target): Promise<void>
  /** Removes a target, its status and its ledger, unless a later generation is there. */
  removeTarget(target: SourceAt & Pick<Target, 'generation'>): Promise<void>
  target(at: SourceAt): Promise<Target | undefined>
  /** Every target of a datasource, by cursor. */
  targets(datasource: string): AsyncIterable<Target>

  /** One of a later generation stays, and nothing is put where a later generation has removed the target; without a generation it says nothing of a write. */
  putStatus(at: SourceAt, status: DestinationStatus): Promise<void>
  status(at: SourceAt): Promise<DestinationStatus | undefined>

  /** Copy of the ledger at the destination, by the generation of its journal. */
  putLedger(at: SourceAt, journal: number, ledger: Buffer): Promise<void>
  ledger(at: SourceAt, journal: number): Promise<Buffer | undefined>

  /** Last 100 writes of a source, newest first. */
  addHistory(at: SourceAt, entry: HistoryEntry): Promise<void>
  history(at: SourceAt): Promise<HistoryEntry[]>

  /**
   * Begins a plan that may write, before it looks for what changed: whichever of two plans begins second sees the first.
   * @param plan `commit`: '' when the ref is gone; `whole`: it covers all destinations in the datasources
   * @returns what was known before, by datasource; or the generation of a whole plan that is higher and began already
   */
  beginPlan(
    ref: RefName,
    datasources: readonly string[],
    plan: { readonly commit: string; readonly generation: number; readonly whole: boolean },
  ): Promise<ReadonlyMap<string, PlanBase> | number>
  /** Its change set settled: what began before it with a lower generation was covered by it. */
  settlePlan(
    ref: RefName,
    datasources: readonly string[],
    plan: { readonly commit: string; readonly generation: number; readonly bundle: string },
  ): Promise<void>
  planBases(ref: RefName): Promise<ReadonlyMap<string, PlanBase>>
  /** Refs that were planned at all, also those whose change set was refused, by cursor: what a sweep compares with the remote, and new schemas may decide anew. */
  begunRefs(platform: string): AsyncIterable<{ readonly repo: string; readonly ref: string }>
  /** Forgets a ref that is gone at the remote, unless a later plan of it has begun. */
  forgetPlans(ref: RefName, datasources: readonly string[], generation: number): Promise<void>
  /** Has a plan with a higher generation begun, within a day, because the ref is gone? It has not seen what was written after that. */
  departedSince(ref: RefName, generation: number): Promise<boolean>

  /** The commit of a ref that was planned last and by which bundle, however it ended, and when (ISO 8601): a sweep does not plan it again at once. */
  tried(ref: RefName): Promise<{ readonly commit: string; readonly bundle?: string | undefined; readonly at: string } | undefined>
  putTried(ref: RefName, tried: { readonly commit: string; readonly bundle: string }): Promise<void>
  /** For a plan that was broken off: the sweep plans the ref again as soon as it comes to it. */
  forgetTried(ref: RefName): Promise<void>

  /** What is known of a schema registry; nothing after a loss of Redis. */
  registry(key: string): Promise<RegistryVersions>
  putRegistry(key: string, versions: RegistryVersions): Promise<void>

  /** Was the delivery marked within a day? Changes nothing, so that a delivery is marked only after its job is safe. */
  deliverySeen(platform: string, deliveryId: string): Promise<boolean>
  /** Marks a delivery. True the first time within a day. */
  firstDelivery(platform: string, deliveryId: string): Promise<boolean>
}

/** Versions of a schema registry. */
export interface RegistryVersions {
  /** Read last, by any process. */
  readonly read?: string
  /** Everything that it governs was planned with it. */
  readonly planned?: string
}

/** A source's hold on the keys of one release, at one destination. */
export const Claim = z.object({
  source: z.string(),
  ref: z.string(),
  environment: z.string(),
  /** Of the release whose keys are claimed. */
  digest: z.string(),
  /** Of the plan that claims; absent when the claim was read from the destination. */
  generation: z.number().int().optional(),
  /** Grows per destination: of two claims on a key the lower holds. */
  order: z.number().int().optional(),
})
export type Claim = z.infer<typeof Claim>

/** How a claim was tried. */
export interface ClaimTry {
  readonly claimed: boolean
  /** For the next try, once the others in `before` have been compared. */
  readonly seen: string
  /** The claims held before, the source's own too, older first. */
  readonly before: readonly Claim[]
}

/** One write of a source at a destination. */
export const HistoryEntry = z.object({
  generation: z.number().int(),
  commit: z.string(),
  digest: z.string(),
  changeSet: z.string(),
  put: z.number().int(),
  deleted: z.number().int(),
  at: z.string(),
})
export type HistoryEntry = z.infer<typeof HistoryEntry>
