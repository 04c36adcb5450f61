import { posix } from 'node:path'
import { VarTrackError } from '@vartrack/errors'
import type { Snapshot } from './contract.js'

/** Who asks for a schema. */
export interface Search {
  /** Path of the config file in its repository. */
  readonly file: string
  /** `schema` of the rule. */
  readonly named: string | undefined
  /** The registry, for the error. */
  readonly registry: string
}

/**
 * The path of the schema that governs a file: the one the rule names, or the first there is of `<path>.cue`, `<file name>.cue`, `default.cue`.
 * Each is looked for with the file's extension (`app.yaml.cue`) and without (`app.cue`).
 * @throws VarTrackError `schema.missing` when the rule names one that is not there
 */
export function findSchema(snapshot: Snapshot, { file, named, registry }: Search): string | undefined {
  if (named === undefined) return candidates(file).find((path) => snapshot.files.has(path))
  const path = posix.normalize(named).replace(/^\/+/, '')
  if (snapshot.files.has(path)) return path
  throw new VarTrackError({
    code: 'schema.missing',
    message: `The schema ${named} is not in the registry ${registry}.`,
    remedy: 'Add it to the registry, or correct `schema` of the rule.',
    place: { file },
  })
}

function candidates(file: string): string[] {
  const name = posix.basename(file)
  return [...new Set([file, withoutExtension(file), name, withoutExtension(name)].map((path) => `${path}.cue`)), 'default.cue']
}

/** `configs/app.yaml` -> `configs/app`; a name that is all extension (`.env`) stays. */
function withoutExtension(path: string): string {
  return path.slice(0, path.length - posix.extname(path).length)
}
