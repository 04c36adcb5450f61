import { z } from 'zod'
import type { RuleOverrides, RuleSettings } from './contract.js'
import { FilePathMap } from './file-path-map.js'
import { givenPrune, pruneShape } from './prune-setting.js'
import { Glob, Line } from './scalars.js'
import { SETTING_DEFAULTS } from './setting-defaults.js'

const SYNC_MODES = ['AUTO', 'GIT_UPSERT_ALL', 'GIT_SMART_REPAIR', 'LIVE_STATE'] as const
const SyncMode = z
  .enum([...SYNC_MODES, ...SYNC_MODES.map((mode) => `SYNC_MODE_${mode}` as const)])
  .transform((mode) => mode.replace(/^SYNC_MODE_/, '') as (typeof SYNC_MODES)[number])

const Scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String)

/** The settings of a rule that a repository may set too, in the bundle's spelling; each may be left out. */
export const settingsShape = {
  root_key: z.string().optional(),
  file_name: Glob.optional(),
  file_path_map: FilePathMap.optional(),
  branch_map: z.record(Line, Line).optional(),
  env_as_branch: z.boolean().optional(),
  env_as_pr: z.boolean().optional(),
  env_as_tags: z.boolean().optional(),
  sync_mode: SyncMode.optional(),
  ...pruneShape,
  strict_validation: z.boolean().optional(),
  variables_map: z.record(Line, Scalar).optional(),
  dry_run: z.boolean().optional(),
  environments: z.array(Line).optional(),
  root_key_optional: z.boolean().optional(),
  format: z.enum(['yaml', 'json', 'toml', 'env', 'ini', 'hcl', 'xml', 'properties']).optional(),
  arrays: z.enum(['index', 'json']).optional(),
}

const SettingsFields = z.object(settingsShape)
type SettingsFields = z.infer<typeof SettingsFields>

/** What `overridable` may name. */
export const SETTING_NAMES: readonly string[] = Object.keys(settingsShape)

/** What a `vartrack.json` may set when the rule does not say: all of product.md's list; the flat forms of prune are prune. */
export const DEFAULT_OVERRIDABLE: readonly string[] = SETTING_NAMES.filter(
  (name) => !['environments', 'root_key_optional', 'format', 'arrays'].includes(name),
)

/** The settings that are given, as the processes spell them. */
export function givenSettings(fields: SettingsFields): Omit<RuleOverrides, 'enabled'> {
  const { prune: _block, prune_last: _last, prune_protection: _protection, dry_run_prune: _dryRun, ...plain } = fields
  const given = Object.entries(plain).filter(([name, value]) => value !== undefined && name in settingsShape)
  const prune = givenPrune(fields)
  return { ...Object.fromEntries(given.map(([name, value]) => [camelCase(name), value])), ...(prune ? { prune } : {}) }
}

/** The settings of a rule, every default filled in. */
export function completeSettings(fields: SettingsFields): RuleSettings {
  const { prune, ...given } = givenSettings(fields)
  return { ...SETTING_DEFAULTS, ...given, prune: { ...SETTING_DEFAULTS.prune, ...prune } }
}

/** `branch_map` -> `branchMap`. */
function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}
