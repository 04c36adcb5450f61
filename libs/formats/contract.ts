/** The seven formats and their aliases; `json` and `hcl` are parsed by the core, all others become JSON text with numbers as written. */
export type Format = 'yaml' | 'json' | 'toml' | 'env' | 'ini' | 'hcl' | 'xml' | 'properties'

export interface ParseLimits {
  readonly maxFileBytes: number
  readonly maxDepth: number
  readonly maxKeys: number
}

export interface ParseOptions {
  /** The rule's `format:`; it wins over the file's name. */
  readonly format?: string
  readonly limits: ParseLimits
  readonly signal?: AbortSignal
}

/** What the core compiles: its own format, or JSON text that another parser wrote. */
export interface Parsed {
  readonly coreFormat: 'json' | 'hcl'
  readonly bytes: Buffer
  /** The bytes were written by a reader here, and not by a person: the core's lines and columns mean nothing, and they may be longer than the file. */
  readonly derived: boolean
  /** XML: a root key may lie at any depth below the root element. */
  readonly rootKeyAnyDepth: boolean
}

/** A place in a file as an editor counts it: both from 1, columns in characters. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** The way to a value: map keys and list indexes from the top of the file. */
export type KeyPath = readonly (string | number)[]

/**
 * Who hears a file being read. A reader tells every value in the order of the file; offsets count UTF-16 units from the start of the text.
 * One listener writes JSON text, another looks for the place of a key.
 */
export interface TreeListener {
  /** Whether the listener uses offsets of values that are fine; a reader may leave them out (-1) otherwise. */
  readonly wantsOffsets: boolean
  /** Takes the whole tree at once as JSON text, from a reader that has looked at keys, depth and number of values itself; a listener may want it told instead. */
  whole?(json: string): void
  beginMap(at: number): void
  beginList(at: number): void
  /** The key of the value that follows; only inside a map. */
  key(name: string, at: number): void
  /** @param json the value as a JSON literal, numbers with the digits of the file */
  scalar(json: string, at: number): void
  end(): void
}
