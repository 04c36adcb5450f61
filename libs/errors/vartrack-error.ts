/** What the consumer of a job does about an error; mapped once, in `queues/dispositions.ts`. */
export type Disposition =
  /** A passing fault (network, timeout): the job's own backoff applies. */
  | { readonly kind: 'retry' }
  /** The far side named a time (429 with Retry-After): try again after it. */
  | { readonly kind: 'wait'; readonly afterMs: number }
  /** The world moved on under the job (lost race, missing release): plan again from the head. */
  | { readonly kind: 'replan' }
  /** A person has to act (bad input, wrong credentials): do not try again. */
  | { readonly kind: 'stall' }
  /** Our own mistake: do not try again, say so loudly. */
  | { readonly kind: 'bug' }

/** Where it happened; every field that is known is given. Lines and columns count from 1. */
export interface Place {
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly rule?: string
  readonly datasource?: string
  readonly destination?: string
  readonly key?: string
  readonly field?: string
}

/** A message names keys, and a key may have megabytes: what is longer helps nobody, and goes into every log, job and answer. */
const MAX_START = 1500
const MAX_END = 500

/** The text, or the words at its start and its end: half a word could be half a secret, which no mask knows. */
function bounded(text: string): string {
  if (text.length <= MAX_START + MAX_END) return text
  return `${text.slice(0, MAX_START).replace(/\S*$/, '')}…${text.slice(-MAX_END).replace(/^\S*/, '')}`
}

/** What {@link VarTrackError} is made from. */
export interface VarTrackErrorInput {
  /** Stable, dotted, lower case: `format.syntax`, `fence.stale`. Tests and operators match on it. */
  readonly code: string
  /** What happened, one sentence, without secrets. Cut in its middle where it has more than 2,000 characters. */
  readonly message: string
  /** What to do about it, one sentence. */
  readonly remedy?: string
  readonly place?: Place
  /** Further facts as plain data, without secrets: what was expected, and what was found. */
  readonly details?: Readonly<Record<string, string | number>>
  /** Default: stall. */
  readonly disposition?: Disposition
  /** The HTTP status a door answers with. Default: 500 for bug, else 400. */
  readonly status?: number
  readonly cause?: unknown
  /** All errors found in the same pass, the one whose code and place these are among them, for callers that report all at once. */
  readonly others?: readonly VarTrackError[]
}

/** The one error type that crosses folders: a stable code, what happened, where, what to do, and what the consumer does about it. */
export class VarTrackError extends Error {
  readonly code: string
  readonly remedy: string | undefined
  readonly place: Place
  readonly details: Readonly<Record<string, string | number>>
  readonly disposition: Disposition
  readonly status: number
  readonly others: readonly VarTrackError[]

  constructor(input: VarTrackErrorInput) {
    super(bounded(input.message), input.cause === undefined ? undefined : { cause: input.cause })
    this.name = 'VarTrackError'
    this.code = input.code
    this.remedy = input.remedy === undefined ? undefined : bounded(input.remedy)
    this.place = input.place ?? {}
    this.details = input.details ?? {}
    this.disposition = input.disposition ?? { kind: 'stall' }
    this.status = input.status ?? (this.disposition.kind === 'bug' ? 500 : 400)
    this.others = input.others ?? []
  }

  /** The error as it is stored and answered: plain data, no stack. */
  toJSON(): { readonly code: string; readonly message: string; readonly [field: string]: unknown } {
    const facts = Object.entries({ ...this.place, ...this.details }).map(([name, fact]) => [name, typeof fact === 'string' ? bounded(fact) : fact])
    return { code: this.code, message: this.message, ...(this.remedy ? { remedy: this.remedy } : {}), ...Object.fromEntries(facts) }
  }
}
