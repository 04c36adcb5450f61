/** The seven formats and their aliases; `json` and `hcl` are parsed by the core, all others become JSON text with numbers as written. */
export type Format = 'yaml' | 'json' | 'toml' | 'env' | 'ini' | 'hcl' | 'xml' | 'properties'

export interface ParseLimits {
  readonly maxFileBytes: number
  readonly maxDepth: number
  readonly maxKeys: number
}

/** What the core compiles: its own format, or JSON text that another parser wrote. */
export interface Parsed {
  readonly coreFormat: 'json' | 'hcl'
  readonly bytes: Buffer
  /** XML: a root key may lie at any depth below the root element. */
  readonly rootKeyAnyDepth: boolean
}
