import type { CheckContext } from './checks/context.js'
import { checkNames } from './checks/names.js'
import { checkOverlaps } from './checks/overlap.js'
import { checkReach } from './checks/reach.js'
import { checkReferences } from './checks/references.js'
import { checkTemplates } from './checks/templates.js'
import type { Bundle } from './contract.js'
import { isTurned } from './file-path-map.js'
import { idleFields } from './idle-fields.js'
import { checkLaterSections, managerNames } from './later/check-sections.js'
import { parseTolerantly } from './parse-tolerantly.js'
import { fieldName, type Path, type Report } from './problems.js'
import { readAuth } from './sections/auth.js'
import { isMap } from './sections/blocks.js'
import { BundleFields } from './sections/bundle-fields.js'
import { readDatasources, type SinkRegistry } from './sections/datasources.js'
import { readPlatforms } from './sections/platforms.js'
import { REDIS_ROLES, readRedisRoles } from './sections/redis-roles.js'
import { readRules, reportRuleNames } from './sections/rules.js'
import { readSchemaRegistry, readTenants } from './sections/schema-registries.js'

const TOP: Path = ['bundle']

/** What the bundle's own text does not say. */
export interface ReadOptions {
  readonly sinks: SinkRegistry
  readonly pollIntervalMs: number
  readonly digest: string
}

/**
 * Reads what `bundle` holds, reporting everything that is wrong with it.
 * @returns `undefined` when nothing could be read; after a report it is not to be used
 */
export function readBundle(raw: Readonly<Record<string, unknown>>, options: ReadOptions, report: Report): Bundle | undefined {
  const fields = parseTolerantly(BundleFields, raw, TOP, report)
  if (!fields) return undefined
  const context: CheckContext = {
    platforms: readPlatforms(fields.platforms, [...TOP, 'platforms'], report),
    datasources: readDatasources(fields.datasources, [...TOP, 'datasources'], options.sinks, report),
    report,
  }
  const rules = readCheckedRules(fields, context)
  const platforms = [...context.platforms.keys()]
  checkLaterSections(raw, TOP, report)
  checkReferences(raw, TOP, managerNames(raw.secret_managers), report)
  return {
    ...scalarsOf(fields, options),
    platforms: [...context.platforms.values()].filter((platform) => platform !== undefined),
    datasources: [...context.datasources.values()].flatMap((known) => known?.datasource ?? []),
    rules,
    tenants: readTenants({ raw: fields.tenants, path: [...TOP, 'tenants'], platforms }, report),
    schemaRegistry: readSchemaRegistry({ raw: fields.schema_registry, path: [...TOP, 'schema_registry'], platforms }, report),
    auth: readAuth(fields.auth, [...TOP, 'auth'], report),
    notices: [...roleNotices(fields, context), ...turnedMaps(fields.rules), ...idleFields(fields, TOP)],
  }
}

function readCheckedRules(fields: BundleFields, context: CheckContext): Bundle['rules'] {
  const rules = readRules(fields.rules, [...TOP, 'rules'], context.report)
  reportRuleNames(rules, context.report)
  for (const rule of rules) {
    for (const check of [checkNames, checkTemplates, checkReach]) check(rule, context)
  }
  checkOverlaps(rules, context)
  return rules.map(({ rule }) => rule)
}

function scalarsOf(
  fields: BundleFields,
  options: ReadOptions,
): Omit<Bundle, 'platforms' | 'datasources' | 'rules' | 'tenants' | 'schemaRegistry' | 'auth' | 'notices'> {
  const tags = Object.entries(fields.global_tags).filter(([name]) => !(REDIS_ROLES as readonly string[]).includes(name))
  return {
    tenant: fields.tenant,
    globalTags: Object.fromEntries(tags),
    limits: { maxFileBytes: fields.limits.max_file_bytes, maxDepth: fields.limits.max_depth, maxKeys: fields.limits.max_keys },
    maxWebhookBodyBytes: fields.max_webhook_body_bytes,
    pollIntervalMs: fields.poll_interval ?? options.pollIntervalMs,
    digest: options.digest,
  }
}

function roleNotices(fields: BundleFields, { datasources, report }: CheckContext): string[] {
  const atTop = readRedisRoles({ fields, path: TOP, datasources }, report)
  return [...atTop, ...readRedisRoles({ fields: fields.global_tags, path: [...TOP, 'global_tags'], datasources }, report)]
}

/** One notice per `file_path_map` that was written as environment to path. */
function turnedMaps(value: unknown, path: Path = [...TOP, 'rules']): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => turnedMaps(item, [...path, index]))
  if (!isMap(value)) return []
  return Object.entries(value).flatMap(([name, field]) => {
    const at = [...path, name]
    if (name === 'file_path_map') return isTurned(field) ? [`${fieldName(at)} is written as environment to path, and read so.`] : []
    return turnedMaps(field, at)
  })
}
