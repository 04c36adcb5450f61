import type { z } from 'zod'
import { suggestName } from '../nearest-name.js'
import { parseTolerantly } from '../parse-tolerantly.js'
import { fieldName, type Path, type Report } from '../problems.js'
import { isMap, reportDuplicates } from '../sections/blocks.js'
import { notAvailable } from './not-available.js'
import { Auth, Notifications, SchemaRegistry, SecretManagers, Tenants } from './sections.js'

/** What each section is called in the message, and what it is checked with before it is refused. */
const SECTIONS: Readonly<Record<string, { readonly what: string; readonly schema: z.ZodType }>> = {
  tenants: { what: 'A list of tenants', schema: Tenants },
  schema_registry: { what: 'A schema registry', schema: SchemaRegistry },
  secret_managers: { what: 'A secret manager', schema: SecretManagers },
  auth: { what: 'Access control', schema: Auth },
  notifications: { what: 'A notification', schema: Notifications },
}

/** Checks the sections that come later as if they were there, and refuses each. */
export function checkLaterSections(fields: Readonly<Record<string, unknown>>, path: Path, platforms: readonly string[], report: Report): void {
  for (const [name, { what, schema }] of Object.entries(SECTIONS)) {
    const raw = fields[name]
    if (raw === undefined) continue
    parseTolerantly(schema, raw, [...path, name], report)
    report(notAvailable([...path, name], what))
  }
  checkRegistry(fields.schema_registry, [...path, 'schema_registry'], platforms, report)
  const tenants = listOf(fields.tenants)
  const places = tenants.map((_tenant, index) => [...path, 'tenants', index])
  for (const [index, tenant] of tenants.entries())
    checkRegistry(tenant.schema_registry, [...(places[index] as Path), 'schema_registry'], platforms, report)
  reportDuplicates(
    tenants.map((tenant, index) => ({ name: String(tenant.id), path: places[index] as Path })),
    report,
  )
}

/** Names by which a reference may call the secret managers: `vault`, `vault-<tag>`, or the tag alone. */
export function managerNames(raw: unknown): string[] {
  return listOf(raw).flatMap((manager) => {
    const tag = isMap(manager.vault) && typeof manager.vault.tag === 'string' ? manager.vault.tag : undefined
    return tag === undefined ? ['vault'] : [tag, `vault-${tag}`]
  })
}

function checkRegistry(registry: unknown, path: Path, platforms: readonly string[], report: Report): void {
  const name = isMap(registry) ? registry.platform : undefined
  if (typeof name !== 'string' || platforms.includes(name)) return
  const at = [...path, 'platform']
  report({
    code: 'bundle.unknown_platform',
    message: `${fieldName(at)}: there is no platform "${name}".`,
    remedy: suggestName(name, platforms),
    path: at,
  })
}

function listOf(raw: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(raw) ? raw.filter(isMap) : []
}
