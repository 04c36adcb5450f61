import { isAbsolute, resolve } from 'node:path'
import type { Bundle, SchemaRegistry } from '@vartrack/bundle'
import { VarTrackError } from '@vartrack/errors'
import { carriesCredentials } from '@vartrack/secrets/addresses'
import type { RegistryLocation } from './contract.js'

/** What says where schemas lie. */
export interface LocationSources {
  readonly bundle: Pick<Bundle, 'tenants' | 'schemaRegistry' | 'platforms'>
  /** `SCHEMA_TENANT_<ID>_*` by tenant id in lower case. */
  readonly environment: ReadonlyMap<string, { readonly repo: string; readonly branch: string; readonly token: string | undefined }>
  /** Folder of the bundle: relative paths begin there. */
  readonly baseDir: string
}

/**
 * The registry of a tenant: the environment's, its own in the bundle, or the bundle's for all.
 * @throws VarTrackError `schema.registry_address` when the environment names one that cannot be found
 */
export function registryOf(tenant: string, sources: LocationSources): RegistryLocation | undefined {
  const given = sources.environment.get(tenant.toLowerCase())
  if (given) return locationOf({ platform: platformFor(given.repo, sources), path: '', ...given }, sources, given.token)
  const own = sources.bundle.tenants.find(({ id }) => id === tenant)?.schemaRegistry ?? sources.bundle.schemaRegistry
  return own && locationOf(own, sources, undefined)
}

/** Every registry there is, each once. One that cannot be found is left out: whoever plans for its tenant is told. */
export function allRegistries(sources: LocationSources): RegistryLocation[] {
  const { bundle, environment } = sources
  const tenants = [...environment.keys(), ...bundle.tenants.map(({ id }) => id)]
  const shared = bundle.schemaRegistry && locationOf(bundle.schemaRegistry, sources, undefined)
  const found = [...tenants.map((tenant) => findRegistry(tenant, sources)), shared].filter((one) => one !== undefined)
  return [...new Map(found.map((one) => [one.key, one])).values()]
}

function findRegistry(tenant: string, sources: LocationSources): RegistryLocation | undefined {
  try {
    return registryOf(tenant, sources)
  } catch (error) {
    if (error instanceof VarTrackError && error.code === 'schema.registry_address') return undefined
    throw error
  }
}

const URL_START = /^[a-z][a-z0-9+.-]*:\/\//i
const PATH_START = /^(\/|\.{1,2}\/|\.{1,2}$)/

function locationOf(registry: SchemaRegistry, { baseDir }: LocationSources, token: string | undefined): RegistryLocation {
  const { repo, branch, path, platform } = registry
  if (carriesCredentials(repo)) throw withCredentials()
  if (PATH_START.test(repo)) {
    const folder = isAbsolute(repo) ? repo : resolve(baseDir, repo)
    return { key: `folder ${folder} ${path}`.trim(), kind: 'folder', platform: undefined, repo: folder, ref: '', path, token: undefined }
  }
  const isUrl = URL_START.test(repo)
  const ref = branch.startsWith('refs/') ? branch : `refs/heads/${branch}`
  const name = isUrl ? repo : `${platform} ${repo}`
  return { key: `${name} ${ref} ${path}`.trim(), kind: 'git', platform: isUrl ? undefined : platform, repo, ref, path, token }
}

/** The environment names no platform: it is the one of the bundle's registry, or the only one there is. */
function platformFor(repo: string, { bundle }: LocationSources): string | undefined {
  if (URL_START.test(repo) || PATH_START.test(repo) || carriesCredentials(repo)) return undefined
  const [only, ...others] = bundle.platforms
  const name = bundle.schemaRegistry?.platform ?? (others.length === 0 ? only?.name : undefined)
  if (name !== undefined) return name
  throw badAddress(repo, 'could lie on several platforms', 'Write it as a URL, or give the bundle a schema_registry with a platform.')
}

/** The address is not shown. */
function withCredentials(): VarTrackError {
  return new VarTrackError({
    code: 'schema.registry_address',
    message: 'The address of a schema registry carries a user, a password or a query, which may be a credential.',
    remedy: 'Write the address alone, and the token in SCHEMA_TENANT_<ID>_TOKEN or at the platform.',
  })
}

function badAddress(repo: string, what: string, remedy: string): VarTrackError {
  return new VarTrackError({ code: 'schema.registry_address', message: `The schema registry ${repo} ${what}.`, remedy })
}
