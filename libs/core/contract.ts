/** What the core is asked and what it answers; the addon stands behind `core.ts`. All calls run off the event loop. */

/** Limits that hold before they hurt; bundle `limits`. */
export interface Limits {
  readonly maxFileBytes: number
  readonly maxDepth: number
  readonly maxKeys: number
}

export interface CompileOptions {
  /** Path in the repository; origin of the entries and place of the errors. */
  readonly file: string
  readonly environment: string
  /** Every environment name the rule knows; empty: lenient slicing. */
  readonly names: readonly string[]
  /** `undefined`: the default `vartrack`, soft. `''`: the whole file. */
  readonly rootKey: string | undefined
  readonly rootKeyOptional: boolean
  /** XML: the root key lies at any depth below the root element; all else: at the top. */
  readonly rootKeyAnyDepth: boolean
  /** Constants by flat key, placeholders already replaced. */
  readonly variables: Readonly<Record<string, string>>
  readonly arrays: 'index' | 'json'
  readonly limits: Limits
  /** The bytes were written by another parser: their lines and columns say nothing about the file and are left out. Default: false. */
  readonly derived?: boolean
}

/** Something a person should know that refuses nothing. */
export interface Diagnostic {
  readonly code: string
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

export interface Release {
  /** Release frame, sorted by key bytes. */
  readonly frame: Buffer
  /** Hex BLAKE3 over the canonical form. */
  readonly digest: string
  readonly entries: number
}

/** What a schema says of a field: `*` in it stands for an element of a list or a name the schema leaves open; what lies below it is marked too. */
export interface Mark {
  readonly field: string
  readonly secret: boolean
  readonly logged: boolean
}

/** Line and column in the text that was compiled, both from 1. */
export interface TextPosition {
  readonly line: number
  readonly column: number
}

export interface CompileResult extends Release {
  readonly diagnostics: readonly Diagnostic[]
  /** Which names of the file hold dots, as `render` takes them: they are no part of the release. */
  readonly names: Buffer
}

export interface PruneOptions {
  readonly enabled: boolean
  readonly scope: 'owned' | 'all'
  /** Globs over the whole flat key; `*` spans dots. */
  readonly protection: readonly string[]
  /** Most deletes without approval; `undefined`: more than 10 keys and more than 30 % of the owned stop the prune. */
  readonly maxDelete: number | undefined
  readonly approved: boolean
  /** Deletes are counted and reported, not written. */
  readonly dryRun: boolean
}

export interface DiffOptions {
  /** `write-all` puts every key, `repair` what differs from live. */
  readonly mode: 'write-all' | 'repair'
  readonly prune: PruneOptions
  /** 32 bytes; the key of the ledger's digests. */
  readonly ledgerKey: Buffer
  /** Ledgers of the other sources at the location: their keys are never pruned nor called extra. */
  readonly foreign: readonly Buffer[]
  /** Also give the changes that would undo this diff. */
  readonly undo: boolean
  /** Also list every change with old and new value, secrets masked. */
  readonly report: boolean
}

export interface DiffSummary {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  readonly deleted: number
  /** Owned keys that left the release but stay: prune off, or protected. */
  readonly kept: number
  /** Puts over a value that somebody changed since the last write. */
  readonly conflicts: number
  /** Set when the deletes were over budget: none is in the changes. */
  readonly pruneStopped: { readonly deletes: number; readonly owned: number } | null
}

/** One line of a report. `null`: absent on that side. Secrets are `***`. */
export interface PlannedChange {
  readonly key: string
  readonly action: 'put' | 'delete' | 'keep' | 'conflict'
  readonly from: string | null
  readonly to: string | null
  readonly origin?: string
}

/** A change of an entry that a schema wants told. `null`: absent on that side, or not read. */
export interface LoggedChange {
  readonly key: string
  /** `***` when secret. */
  readonly from: string | null
  readonly to: string | null
  readonly secret: boolean
}

export interface Diff {
  /** Changes frame. */
  readonly changes: Buffer
  /** Changes frame that puts back what live was; empty unless asked for. */
  readonly undo: Buffer
  readonly summary: DiffSummary
  readonly report: readonly PlannedChange[]
  /** Puts and deletes of entries that are marked as logged. */
  readonly logged: readonly LoggedChange[]
  /** Ledger of what the source owns after the changes: the release, and the kept keys. */
  readonly ledger: Buffer
}

export interface DriftEntry {
  readonly key: string
  readonly kind: 'changed' | 'missing' | 'extra'
  /** The live value, `***` for secrets; absent for missing. */
  readonly actual?: string
}

export interface Drift {
  /** The first 100, by key. */
  readonly entries: readonly DriftEntry[]
  readonly summary: { readonly changed: number; readonly missing: number; readonly extra: number; readonly same: number }
}

export type RenderFormat = 'env' | 'json' | 'yaml' | 'properties' | 'flat-json'

export interface Core {
  /** @throws VarTrackError `format.*`, `root_key.*`, `env.*`, `flatten.collision`, `limit.*` with file, line, column */
  compile(bytes: Buffer, format: 'json' | 'hcl', options: CompileOptions): Promise<CompileResult>
  /** The release with the marks of a schema, which its digest covers: an entry that becomes secret is written anew, and its ledger masks it. */
  annotate(release: Buffer, marks: readonly Mark[]): Promise<Release>
  /** Where flat keys stand in what `compile` reads, as the environment sees it; `undefined` for a key that is not there. @throws as `compile` */
  locate(bytes: Buffer, format: 'json' | 'hcl', options: CompileOptions, keys: readonly string[]): Promise<(TextPosition | undefined)[]>
  /** Several files of one source as one release. @throws VarTrackError `claim.conflict` naming the key and both files */
  merge(releases: readonly Buffer[]): Promise<Release>
  /** `ledger`: what the source owned before, empty Buffer for nothing. */
  diff(release: Buffer, live: Buffer, ledger: Buffer, options: DiffOptions): Promise<Diff>
  /** Ledger of a release: per key a keyed digest. Opaque bytes. */
  ledger(release: Buffer, ledgerKey: Buffer): Promise<Buffer>
  /** Live against the ledger; `extra` are live keys in neither the ledger nor the foreign ones. */
  drift(ledger: Buffer, live: Buffer, ledgerKey: Buffer, foreign: readonly Buffer[]): Promise<Drift>
  /** Keys of a ledger, sorted. */
  ledgerKeys(ledger: Buffer): Promise<string[]>
  /** The first 100 keys of a release that another ledger or release already holds; `index` says which of `others`. */
  overlaps(release: Buffer, others: readonly Buffer[]): Promise<{ key: string; index: number }[]>
  /**
   * A release in a file format: nested for json and yaml.
   * @param names of a compiled file: nested as that file is. Without them every dot of a key leads one level down
   * @throws VarTrackError `render.*`
   */
  render(release: Buffer, format: RenderFormat, names?: Buffer): Promise<Buffer>
}
