/** Where the schemas of one or more tenants lie, in full. */
export interface RegistryLocation {
  /** The same for every tenant that shares it: what jobs, logs and the state call it. Holds no credentials. */
  readonly key: string
  readonly kind: 'git' | 'folder'
  /** Name of the platform; `undefined` for a URL and a folder. */
  readonly platform: string | undefined
  /** `owner/name`, a URL, or the absolute path of a folder. */
  readonly repo: string
  /** Full ref; of a folder `''`. */
  readonly ref: string
  /** Folder within it; `''`: its top. */
  readonly path: string
  /** In place of the platform's token. */
  readonly token: string | undefined
}

/** The CUE files of a registry at one moment. */
export interface Snapshot {
  /** Commit, or digest of a folder: tells one state of the registry from another. */
  readonly version: string
  /** Bytes by path below the registry's folder; `.cue` files alone. */
  readonly files: ReadonlyMap<string, Buffer>
}

/** The schema that governs a file. */
export interface Schema {
  readonly text: string
  /** As people read it: the registry and the path within it. */
  readonly file: string
  /** Hex SHA-256 of its text. */
  readonly digest: string
}

/** What the registries say while they work; one line an event. */
export interface SchemaLog {
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
}
