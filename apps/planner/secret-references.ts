import type { CompiledFile } from '@vartrack/engine'
import { VarTrackError } from '@vartrack/errors'
import type { LocateEntries } from '@vartrack/schemas'
import { records } from '@vartrack/sink-kit'

const START = '@secret('
/** A value that stands for a secret: `@secret(mount/path#field)`. */
const REFERENCE = /^@secret\(.*\)$/

/**
 * Values that refer to a secret. No store of secrets is available yet, and written as they stand they would pass for the secret itself.
 * @param file path in the repository
 */
export async function unresolvedReferences({ frame }: Pick<CompiledFile, 'frame'>, file: string, locate: LocateEntries): Promise<VarTrackError[]> {
  if (!frame.includes(START)) return []
  const keys = [...records(frame)].filter(({ type, value }) => type === 'string' && REFERENCE.test(value.toString())).map(({ key }) => key.toString())
  const places = keys.length > 0 ? await locate(keys) : []
  return keys.map((key, index) => unresolved(key, { file, ...places[index] }))
}

function unresolved(key: string, place: VarTrackError['place']): VarTrackError {
  return new VarTrackError({
    code: 'secret.unavailable',
    message: `${key} refers to a secret, and references are not available yet: nothing would resolve it.`,
    remedy: 'Give the value itself, or leave the key out.',
    place: { ...place, field: key },
  })
}
