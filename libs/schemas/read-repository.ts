import { VarTrackError } from '@vartrack/errors'
import type { Repository } from '@vartrack/git'
import type { RegistryLocation, Snapshot } from './contract.js'

/** More is no schema for people; CUE itself takes less. */
const MAX_SCHEMA_BYTES = 10 * 1024 * 1024

/**
 * The CUE files at the head of a registry's branch. What is unchanged since the snapshot before is not read again.
 * @throws VarTrackError `git.*`; `schema.no_branch` when the branch is not there
 */
export async function readRepository(
  repository: Repository,
  location: RegistryLocation,
  before: Snapshot | undefined,
  signal: AbortSignal,
): Promise<Snapshot> {
  const commit = await repository.fetch(location.ref, signal)
  if (commit === undefined) throw noBranch(location)
  if (commit === before?.version) return before
  const { path } = location
  const tree = await repository.tree(commit, signal, path === '' ? [] : [path])
  const schemas = tree.filter((entry) => entry.kind === 'file' && entry.path.endsWith('.cue') && (path === '' || entry.path.startsWith(`${path}/`)))
  const read = async (entry: (typeof schemas)[number]): Promise<[string, Buffer]> => {
    const bytes = await repository.blob(entry.blob, MAX_SCHEMA_BYTES, signal)
    return [path === '' ? entry.path : entry.path.slice(path.length + 1), bytes]
  }
  return { version: commit, files: new Map(await Promise.all(schemas.map(read))) }
}

function noBranch({ key, ref }: RegistryLocation): VarTrackError {
  return new VarTrackError({
    code: 'schema.no_branch',
    message: `The schema registry ${key} has no ${ref}.`,
    remedy: 'Push the branch, or name another in schema_registry.',
  })
}
