import type { VarTrackError } from '@vartrack/errors'
import { badVariable } from './bad-variable.js'

/** The schema registry of a tenant, as `SCHEMA_TENANT_<ID>_REPO`, `_BRANCH` and `_TOKEN` give it. */
export interface SchemaTenant {
  readonly repo: string
  readonly branch: string
  readonly token: string | undefined
}

const VARIABLE = /^SCHEMA_TENANT_(.+)_(REPO|BRANCH|TOKEN)$/

/**
 * Registries by tenant id in lower case. An id is written as it stands in the variable, and once more with `-` for each `_`: variables cannot hold a dash.
 */
export function readSchemaTenants(environment: Readonly<Record<string, string | undefined>>): {
  readonly tenants: ReadonlyMap<string, SchemaTenant>
  readonly problems: readonly VarTrackError[]
} {
  const ids = new Set(Object.keys(environment).flatMap((name) => VARIABLE.exec(name)?.[1] ?? []))
  const tenants = new Map<string, SchemaTenant>()
  const problems: VarTrackError[] = []
  for (const id of ids) {
    const repo = environment[`SCHEMA_TENANT_${id}_REPO`]
    if (repo === undefined) {
      problems.push(badVariable(`SCHEMA_TENANT_${id}_REPO`, 'is missing, while others of this tenant are set'))
      continue
    }
    const branch = environment[`SCHEMA_TENANT_${id}_BRANCH`] ?? 'main'
    const tenant = { repo, branch, token: environment[`SCHEMA_TENANT_${id}_TOKEN`] }
    for (const spelling of [id.toLowerCase(), id.toLowerCase().replaceAll('_', '-')]) tenants.set(spelling, tenant)
  }
  return { tenants, problems }
}
