import { carriesCredentials } from '@vartrack/secrets/addresses'
import { z } from 'zod'
import type { SchemaRegistry, Tenant } from '../contract.js'
import { suggestName } from '../nearest-name.js'
import { parseTolerantly } from '../parse-tolerantly.js'
import { fieldName, type Path, type Report } from '../problems.js'
import { Line } from '../scalars.js'
import { reportDuplicates } from './blocks.js'

/** A path of its own machine needs no platform, and neither does a URL. */
const NEEDS_NO_PLATFORM = /^(\.{0,2}\/|[a-z]+:\/\/)/i

/** What is refused is not shown. */
const CREDENTIALS = [
  'carries a user, a password or a query, which may be a credential.',
  'bundle.bad_url',
  'Write the address alone; the token is that of the platform, or SCHEMA_TENANT_<ID>_TOKEN.',
] as const

const RegistryFields = z
  .strictObject({ platform: Line.optional(), repo: Line, branch: Line.default('main'), path: z.string().default('') })
  .superRefine(({ platform, repo, path }, context) => {
    const refuse = (field: string, message: string, code: string, remedy: string) =>
      context.addIssue({ code: 'custom', path: [field], message, params: { code, remedy } })
    if (platform === undefined && !NEEDS_NO_PLATFORM.test(repo)) {
      refuse('platform', 'is missing.', 'bundle.missing_field', 'Name one of the platforms, or write repo as a path such as "./schemas".')
    }
    if (carriesCredentials(repo)) refuse('repo', ...CREDENTIALS)
    if (path.split('/').includes('..')) refuse('path', 'leads out of the repository.', 'bundle.bad_value', 'Write a folder of the repository.')
  })
type RegistryFields = z.infer<typeof RegistryFields>

const TenantFields = z.strictObject({ id: Line, schema_registry: RegistryFields.optional() })

/** What is written, and where. */
interface Written {
  readonly raw: unknown
  readonly path: Path
  /** Names of the platforms of the bundle. */
  readonly platforms: readonly string[]
}

/** The bundle's own registry: that of tenants who have none. */
export function readSchemaRegistry({ raw, path, platforms }: Written, report: Report): SchemaRegistry | undefined {
  if (raw === undefined) return undefined
  const fields = parseTolerantly(RegistryFields, raw, path, report)
  return fields && registryOf(fields, path, platforms, report)
}

/** The tenants of the bundle, each with its registry. */
export function readTenants({ raw, path, platforms }: Written, report: Report): Tenant[] {
  const list = Array.isArray(raw) ? (raw as unknown[]) : []
  if (raw !== undefined && !Array.isArray(raw)) parseTolerantly(z.array(TenantFields), raw, path, report)
  const tenants = list.flatMap((one, index) => {
    const at = [...path, index]
    const fields = parseTolerantly(TenantFields, one, at, report)
    if (!fields) return []
    const registry = fields.schema_registry && registryOf(fields.schema_registry, [...at, 'schema_registry'], platforms, report)
    return [{ id: fields.id, schemaRegistry: registry, name: fields.id, path: at }]
  })
  reportDuplicates(tenants, report)
  return tenants.map(({ id, schemaRegistry }) => ({ id, schemaRegistry }))
}

function registryOf(fields: RegistryFields, path: Path, platforms: readonly string[], report: Report): SchemaRegistry {
  const { platform, repo, branch } = fields
  if (platform !== undefined && !platforms.includes(platform)) {
    const at = [...path, 'platform']
    const message = `${fieldName(at)}: there is no platform "${platform}".`
    report({ code: 'bundle.unknown_platform', message, remedy: suggestName(platform, platforms), path: at })
  }
  return { platform, repo, branch, path: fields.path.replace(/^\/+|\/+$/g, '') }
}
