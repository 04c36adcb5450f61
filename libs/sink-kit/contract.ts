import { z } from 'zod'

/** The datasource types of the bundle. A new sink adds its word here and its folder to `libs/sinks`. */
export const SINK_TYPES = ['mongo', 'redis', 'zookeeper', 's3', 'configmap', 'helm', 'vercel', 'linux_server', 'consul'] as const
export type SinkType = (typeof SINK_TYPES)[number]

/** What a template may name. `env` and `branch` are as resolved, unslugged. */
export interface Names {
  readonly env?: string
  readonly tenant?: string
  readonly repo?: string
  readonly branch?: string
  readonly tag?: string
  readonly pr?: string
}

/** What a sink can and cannot do. A trait changes what a law expects; it never skips the law. */
export interface SinkTraits {
  /** Can live values be read back? */
  readonly reads: 'values' | 'digests' | 'none'
  /** What one `write()` makes visible at once. */
  readonly atomic: 'destination' | 'key'
  /** How a lower generation is refused. */
  readonly fence: 'conditional' | 'check-then-write'
  /** Does a number stay a number? */
  readonly types: 'typed' | 'text'
  /** In bytes; a larger key or value is refused with `sink.limit` before anything is written. */
  readonly limits: { readonly keyBytes: number; readonly valueBytes: number; readonly batchBytes: number }
}

/**
 * What a destination knows about one source: kept at the destination itself, so that it outlives Redis.
 * A sink stores it as JSON and checks it with this schema when it reads it back.
 */
export const Head = z.object({
  /** `<platform>/<owner>/<repository>`. */
  source: z.string().min(1),
  /** The full ref the release was read from. */
  ref: z.string(),
  environment: z.string(),
  /** Only grows; a write with a lower one is refused. */
  generation: z.number().int().nonnegative(),
  /** Full commit id. */
  commit: z.string(),
  /** Hex BLAKE3 of the release. */
  digest: z.string(),
  /** Generation whose journal holds the ledger; differs from `generation` when a later commit changed nothing. */
  journal: z.number().int().nonnegative(),
  /** Entries the source owns here. */
  entries: z.number().int().nonnegative(),
  /** ISO 8601, for people; never compared. */
  writtenAt: z.string(),
})
export type Head = z.infer<typeof Head>

/** One write of one source: what to change, and what to remember. */
export interface WriteRequest {
  /** A changes frame of puts and deletes; may be empty, then only the head moves. */
  readonly changes: Buffer
  readonly head: Head
  /**
   * Opaque to the sink (the engine's ledger and undo): stored under `head.generation`. The sink keeps it and the one of the head it replaces
   * and drops older ones. `null`: nothing to store, `head.journal` names one that is already there.
   */
  readonly journal: Buffer | null
  /**
   * Aim of the write against what `read` returned: a sink whose fence is conditional refuses with `fence.moved` when the head
   * is no longer this one (`null`: there was none), so that two writers of one generation cannot interleave.
   */
  readonly expected: Head | null
  /** {@link Standing.seen} of the look that this write builds upon. */
  readonly seen?: unknown
}

/** A write that has begun. */
export interface Begun {
  readonly generation: number
  readonly journal: Buffer
}

/** What a location says about one source, in one look. */
export interface Standing {
  /** As {@link Session.heads} gives them. */
  readonly heads: readonly Head[]
  /** The newest write of the source that began and whose head does not count; null when there is none, as always where writes are visible at once. */
  readonly begun: Begun | null
  /** The journal stored by the write of the generation that was asked for, or null. */
  readonly journal: Buffer | null
  /** The sink's own mark of what it saw: a write that brings it back saves a look, and is refused when another has begun since. */
  readonly seen?: unknown
}

/** How much a write changed. */
export interface WriteResult {
  readonly put: number
  readonly deleted: number
}

/** What `open` is given beside the options. */
export interface SinkContext {
  /** Resolves a secret of the bundle (`string | {file} | {env} | {ref}`) to its text. */
  readonly secret: (reference: SecretReference) => Promise<string>
  /** Aborts connecting. */
  readonly signal: AbortSignal
}

/** A credential as the bundle gives it; resolved where it is used, never printed or stored resolved. */
export const SecretReference = z.union([
  z.string(),
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ ref: z.strictObject({ path: z.string().min(1), key: z.string().min(1), manager: z.string().optional() }) }),
])
export type SecretReference = z.infer<typeof SecretReference>

/** A sink knows how to read and how to write. Diff, prune, drift, dry run, restore, masking, locking and retry live in `libs/engine`. */
export interface Sink<Options = unknown> {
  readonly type: SinkType
  /** The datasource block of the bundle; secrets stay references. */
  readonly options: z.ZodType<Options>
  readonly traits: SinkTraits
  /** The template used when the rule gives none (the datasource's own collection, key prefix, base path). */
  defaultTemplate(options: Options): string
  /**
   * Template and names to the place in the store.
   * @throws VarTrackError `template.unknown_placeholder`, `template.unsafe`
   */
  location(template: string, names: Names): string
  open(options: Options, context: SinkContext): Promise<Session>
}

/** An open connection to one datasource. Sessions throw VarTrackErrors whose disposition says what to do; they never retry. */
export interface Session extends AsyncDisposable {
  /** One head per source that has written at the location. Cheap: no ledgers. */
  heads(location: string, signal: AbortSignal): Promise<Head[]>
  /** The journal stored by the write of that generation, or null. */
  journal(location: string, source: string, generation: number, signal: AbortSignal): Promise<Buffer | null>
  /** All that has to be known of a source before one of its generations is written or undone. */
  standing(location: string, source: string, generation: number, signal: AbortSignal): Promise<Standing>
  /**
   * Brings to its place what counts already and is not all there yet, because its writer died; writes nothing otherwise. A sink whose writes count before
   * all of it is in place has it.
   */
  finish?(location: string, signal: AbortSignal): Promise<void>
  /** A live frame of the named keys, or of every key there. A location that does not exist is an empty frame. */
  read(location: string, keys: 'all' | readonly string[], signal: AbortSignal): Promise<Buffer>
  /**
   * Puts and deletes of one source. Refuses its lower generation (`fence.stale`), and the equal generation with another digest (`fence.conflict`).
   * The same generation and digest again is allowed and converges.
   */
  write(location: string, request: WriteRequest, signal: AbortSignal): Promise<WriteResult>
  /** Calls `onHint` when something may have changed at the location, until aborted. A hint, never proof. */
  watch?(location: string, onHint: () => void, signal: AbortSignal): Promise<void>
}
