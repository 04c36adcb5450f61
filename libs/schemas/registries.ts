import { join } from 'node:path'
import { VarTrackError } from '@vartrack/errors'
import type { GitCache, Remote } from '@vartrack/git'
import type { RegistryLocation, Schema, SchemaLog } from './contract.js'
import type { LastGood } from './last-good.js'
import { type LocationSources, registryOf } from './locations.js'
import { readFolder } from './read-folder.js'
import { readRepository } from './read-repository.js'
import { readSchema } from './read-schema.js'
import { createRegistry, type Registry } from './registry.js'
import { findSchema } from './search.js'

/** What the registries work with. */
export interface RegistriesOptions {
  /** Asked at each use: the bundle may change. */
  readonly sources: () => LocationSources
  readonly git: GitCache
  /** Where a registry is fetched from, its token resolved. */
  readonly remote: (location: RegistryLocation) => Promise<Remote>
  readonly lastGood: LastGood
  /** The version that any process has seen last; `undefined`: nobody knows. */
  readonly known: (location: RegistryLocation) => Promise<string | undefined>
  readonly log: SchemaLog
}

/** The schemas of all tenants. */
export interface Registries {
  /**
   * The schema that governs a file; `undefined`: none does.
   * @param named `schema` of the rule
   * @throws VarTrackError `schema.missing` for a named one that is not there; `schema.bad_encoding`; `git.*`, `schema.no_branch` for a registry that never could be read
   */
  schemaOf(tenant: string, file: string, named: string | undefined): Promise<Schema | undefined>
  /** Reads a registry now, and gives its version. @throws VarTrackError when it cannot be read */
  refresh(location: RegistryLocation): Promise<string>
}

/** Opens nothing before it is asked. */
export function createRegistries(options: RegistriesOptions): Registries {
  const open = new Map<string, Registry>()
  const registryAt = (location: RegistryLocation): Registry => {
    const known = open.get(location.key)
    if (known) return known
    const registry = createRegistry({ location, read: readerOf(location, options), lastGood: options.lastGood, log: options.log })
    open.set(location.key, registry)
    return registry
  }
  return {
    async schemaOf(tenant, file, named) {
      const location = registryOf(tenant, options.sources())
      if (!location) return undefined
      const snapshot = await registryAt(location).snapshot(await options.known(location))
      const path = findSchema(snapshot, { file, named, registry: location.key })
      const bytes = path === undefined ? undefined : snapshot.files.get(path)
      return path === undefined || bytes === undefined ? undefined : readSchema(bytes, join(location.repo, location.path, path))
    },
    refresh: async (location) => (await registryAt(location).refresh()).version,
  }
}

function readerOf(location: RegistryLocation, { git, remote }: RegistriesOptions): Parameters<typeof createRegistry>[0]['read'] {
  if (location.kind === 'folder') return () => readFolder(join(location.repo, location.path)).catch((error: unknown) => unreadable(location, error))
  return async (before, signal) => readRepository(git.repository(await remote(location)), location, before, signal)
}

function unreadable({ key }: RegistryLocation, cause: unknown): never {
  throw new VarTrackError({
    code: 'schema.unreadable',
    message: `The schema registry ${key} cannot be read: ${(cause as Error).message}.`,
    remedy: 'See that the folder is there, on every machine that runs a planner, and that varTrack may read it.',
    disposition: { kind: 'retry' },
    cause,
  })
}
