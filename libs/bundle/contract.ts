import type { SecretReference, SinkType } from '@vartrack/sink-kit'

/** The bundle as the processes use it: every default filled in, durations in ms, sizes in bytes, secrets still references. */
export interface Bundle {
  readonly platforms: readonly Platform[]
  readonly datasources: readonly Datasource[]
  readonly rules: readonly Rule[]
  readonly tenant: string | undefined
  readonly tenants: readonly Tenant[]
  /** Of tenants without their own. */
  readonly schemaRegistry: SchemaRegistry | undefined
  /** Who may use the API; `undefined`: this machine alone, by a token made at each start. */
  readonly auth: Auth | undefined
  readonly globalTags: Readonly<Record<string, string>>
  readonly limits: { readonly maxFileBytes: number; readonly maxDepth: number; readonly maxKeys: number }
  readonly maxWebhookBodyBytes: number
  readonly pollIntervalMs: number
  /** Hex digest of the file's text: tells one version of the bundle from another. */
  readonly digest: string
  /** What the log says once after loading: nothing refused, but read in a way the operator should know of. */
  readonly notices: readonly string[]
}

/** Where the CUE schemas of a tenant lie: a repository of a platform, or a folder on the machine of the planners. */
export interface SchemaRegistry {
  /** `undefined` where `repo` is a path or a URL. */
  readonly platform: string | undefined
  /** `owner/name`, a URL, or a path: absolute, or from the folder of the bundle. */
  readonly repo: string
  readonly branch: string
  /** Folder within it; `''`: its top. */
  readonly path: string
}

export interface Tenant {
  readonly id: string
  readonly schemaRegistry: SchemaRegistry | undefined
}

/** A static bearer token: never the token itself. */
export interface StaticToken {
  readonly name: string
  /** Hex SHA-256 of the token. */
  readonly sha256: string
  readonly groups: readonly string[]
}

export interface Auth {
  readonly tokens: readonly StaticToken[]
}

export type PlatformKind = 'github' | 'gitea'

export interface Platform {
  readonly kind: PlatformKind
  /** `github`, or `github-<tag>`. */
  readonly name: string
  readonly endpoint: string
  readonly protocol: 'https' | 'ssh'
  readonly secret: SecretReference
  readonly token: SecretReference | undefined
  readonly orgName: string | undefined
  readonly verifySsl: boolean
  readonly timeoutMs: number
  /** How often a host that cannot be reached is asked again within one job. */
  readonly maxRetries: number
  readonly pushEventName: string
  readonly prEventName: string
  readonly eventTypeHeader: string
  readonly signatureHeader: string
}

export interface Datasource {
  /** Its type, or `type-tag`. */
  readonly name: string
  readonly type: SinkType
  /** As the sink's own schema parsed them. */
  readonly options: unknown
  /** The block as it was written, every credential `***`: what may be printed. */
  readonly printable: unknown
}

export type SyncMode = 'AUTO' | 'GIT_UPSERT_ALL' | 'GIT_SMART_REPAIR' | 'LIVE_STATE'

export interface Prune {
  readonly enabled: boolean
  readonly scope: 'owned' | 'all'
  readonly last: boolean
  readonly dryRun: boolean
  readonly protection: readonly string[]
  readonly maxDelete: number | undefined
}

/** What a `vartrack.json` or `repository_overrides` may set; the last four only where `overridable` names them. */
export interface RuleSettings {
  /** `undefined`: the default key, soft; a name: must be there; `''`: the whole file. */
  readonly rootKey: string | undefined
  readonly fileName: string | undefined
  /** Glob of the file's path to environment. */
  readonly filePathMap: Readonly<Record<string, string>>
  readonly branchMap: Readonly<Record<string, string>>
  readonly envAsBranch: boolean
  readonly envAsPr: boolean
  readonly envAsTags: boolean
  readonly syncMode: SyncMode
  readonly prune: Prune
  readonly strictValidation: boolean
  readonly variablesMap: Readonly<Record<string, string>>
  readonly dryRun: boolean
  readonly environments: readonly string[]
  readonly rootKeyOptional: boolean
  readonly format: string | undefined
  readonly arrays: 'index' | 'json'
}

/** Settings a repository gives; apply them with `overrideRule`, which keeps the protection globs of the rule. */
export type RuleOverrides = Partial<Omit<RuleSettings, 'prune'>> & { readonly prune?: Partial<Prune>; readonly enabled?: boolean }

export interface Rule extends RuleSettings {
  readonly name: string
  readonly enabled: boolean
  readonly platform: string
  readonly datasources: readonly string[]
  readonly tenant: string | undefined
  /** Globs over `owner/name`. */
  readonly repositories: readonly string[]
  readonly excludeRepositories: readonly string[]
  /** By glob over `owner/name`. */
  readonly repositoryOverrides: Readonly<Record<string, RuleOverrides>>
  readonly destinationTemplate: string | undefined
  /** Names of the settings a `vartrack.json` may override, in the bundle's spelling (`branch_map`). */
  readonly overridable: readonly string[]
  readonly selfHeal: boolean
  readonly pollIntervalMs: number | undefined
  readonly onFailure: 'rollback' | 'keep'
  readonly onBranchDelete: 'keep' | 'prune'
  /** Path in the registry, instead of the search by name. */
  readonly schema: string | undefined
}
