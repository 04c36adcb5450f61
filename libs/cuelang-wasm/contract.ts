/** Limits of the worker thread that runs CUE. */
export interface CueOptions {
  /** Milliseconds one call may take; waiting for other calls and starting the thread do not count. Default: 4500. */
  readonly timeoutMs?: number
  /** Mebibytes of memory the module may grow to. Default: 512. */
  readonly memoryMb?: number
  /** Milliseconds without a call after which the worker is let go; the next call starts one. Default: 60000. */
  readonly idleMs?: number
}

/** Line and column, both counting from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A CUE file in concrete form. */
export interface Evaluated {
  /** JSON text; a number that is written as a JSON number in the source stays as written. */
  readonly json: string
  /** Where each field and list element is written, by its path: labels and indices joined by dots (`bundle.rules.0.name`). */
  readonly positions: ReadonlyMap<string, Position>
}

/** What a tenant's schema is matched against: the nested data, or one map of dotted keys. */
export type SchemaForm = 'tree' | 'flat'

/** What to validate against what. */
export interface ValidateInput {
  /** Text of the CUE schema: `#Config` if it defines one, else the whole file. */
  readonly schema: string
  readonly schemaFile: string
  /** JSON text of the data in the form that `form` names. */
  readonly data: string
  readonly dataFile: string
  /** `auto` (the default) takes the form of the schema's labels and flattens the data where that asks for it. */
  readonly form?: SchemaForm | 'auto'
}

/** One field that does not meet the schema. */
export interface Violation {
  /** Path in the data, dots between labels and indices; a label that holds a secret, or that only a secret made, is `***`. */
  readonly field: string
  /** What the schema wants, in CUE's notation; what depends on a secret is given as the schema has it written, or by its kind. */
  readonly expected: string
  /** What the data has, as JSON; `***` for a field marked `@secret`, `missing` where there is none. */
  readonly got: string
  /** One sentence for a person; never holds the value of a field marked `@secret`. */
  readonly message: string
  /** Where the schema asks for it. */
  readonly schema: Position & { readonly file: string }
}

/** Marks on a field of the schema. */
export interface Annotation {
  /** Dotted path; an element of a list or of a pattern is `*`. */
  readonly field: string
  readonly secret: boolean
  /** From `@secret(ref="name")`. */
  readonly ref?: string
  readonly logger: boolean
}

/** The outcome of {@link Cue.validate}. */
export interface Validated {
  /** In the order of their fields, 100 at the most; none when the data meets the schema. */
  readonly violations: readonly Violation[]
  /** How many more were seen, at least; the message of the last violation says so too. */
  readonly more: number
  readonly annotations: readonly Annotation[]
}

/** What a schema says about itself. */
export interface SchemaDescription {
  readonly form: SchemaForm
  readonly annotations: readonly Annotation[]
}

/**
 * CUE in a worker thread with limits. Each call rejects with one VarTrackError holding the rest in `others`; codes: `cue.syntax`, `cue.evaluation`,
 * `cue.incomplete`, `cue.import_refused`, `cue.mark`, `cue.too_deep`, `cue.timeout`, `cue.memory`, `cue.too_large`, `cue.internal`, `cue.closed`.
 */
export interface Cue extends AsyncDisposable {
  /**
   * Evaluates one file to concrete data.
   * @param source text of the file
   * @param file its name, for positions in errors
   */
  evaluate(source: string, file: string): Promise<Evaluated>
  /** Validates data against a schema and reports all violations at once, up to 100. */
  validate(input: ValidateInput): Promise<Validated>
  /**
   * Reads the form and the annotations of a schema, without data.
   * @param schema text of the CUE schema
   * @param file its name, for positions in errors. Default: `schema.cue`
   */
  describe(schema: string, file?: string): Promise<SchemaDescription>
}
