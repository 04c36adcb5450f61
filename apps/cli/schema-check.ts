import { stat } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import type { CompileResult, Core, Release } from '@vartrack/core'
import { type Cue, createCue } from '@vartrack/cuelang-wasm'
import { VarTrackError, withRemedy } from '@vartrack/errors'
import {
  createValidator,
  findSchema,
  type LocateEntries,
  readFolder,
  readSchema,
  type Schema,
  type Snapshot,
  violationErrors,
} from '@vartrack/schemas'
import { type InputKind, notRead } from './read-input.js'

/** What came of holding a release to its schema. */
export interface Checked {
  /** With the marks of the schema. */
  readonly release: Release
  /** Path of the schema; `undefined`: none governs the file. */
  readonly schema: string | undefined
  readonly violations: readonly VarTrackError[]
}

/** Reads a file, and keeps it for excerpts. */
export type ReadSource = (path: string, kind: InputKind, isConfidential: (bytes: Buffer) => boolean) => Promise<Buffer>

/** Holds releases to one schema, or to those of a folder. */
export interface SchemaCheck extends AsyncDisposable {
  /** May the schema that governs a file mark something as secret? Known before the file is read, so it also holds for one that cannot be parsed. @throws VarTrackError `schema.missing`, `schema.bad_encoding` */
  marksSecrets(file: string): boolean
  /** @throws VarTrackError `cue.*` when the schema itself is wrong; `schema.missing`, `schema.bad_encoding` */
  check(file: string, release: CompileResult, locate: LocateEntries): Promise<Checked>
}

/**
 * @param path a CUE file, or a folder that is searched as a schema registry is
 * @param named `schema` of the rule: a path in the folder
 */
export async function openSchemaCheck(path: string, named: string | undefined, core: Core, read: ReadSource): Promise<SchemaCheck> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const snapshot: Snapshot = isFolder
    ? await readFolder(resolve(path)).catch((error: unknown) => throwUnread(path, error))
    : await readOne(path, read)
  const schemaOf = (file: string): Schema | undefined => {
    const wanted = isFolder ? named : basename(path)
    const found = findSchema(snapshot, { file: relative('.', file).split(sep).join('/'), named: wanted, registry: path })
    const bytes = found === undefined ? undefined : snapshot.files.get(found)
    return found === undefined || bytes === undefined ? undefined : readSchema(bytes, isFolder ? join(path, found) : path)
  }
  const cue = createCue()
  const validator = createValidator({ cue: forLocalSchemas(cue), core })
  return {
    marksSecrets: (file) => mentionsSecrets(schemaOf(file)?.text ?? ''),
    check: async (file, release, locate) => {
      const schema = schemaOf(file)
      if (schema === undefined) return { release, schema: undefined, violations: [] }
      const inspection = await validator.inspect(release, schema, file)
      const violations = await violationErrors(inspection.violations, file, locate)
      return { release: inspection.release, schema: schema.file, violations }
    },
    [Symbol.asyncDispose]: () => cue[Symbol.asyncDispose](),
  }
}

/** Whose schema lies on this machine corrects it there; what is wrong with one of a registry is said otherwise. */
function forLocalSchemas(cue: Cue): Pick<Cue, 'validate' | 'describe'> {
  return {
    validate: (input) => cue.validate(input).catch(correctSchema),
    describe: (schema, file) => cue.describe(schema, file).catch(correctSchema),
  }
}

function correctSchema(error: unknown): never {
  throw withRemedy(error, 'Correct the schema.')
}

async function readOne(path: string, read: ReadSource): Promise<Snapshot> {
  const bytes = await read(path, 'schema', (found) => mentionsSecrets(found.toString('utf8')))
  return { version: '', files: new Map([[basename(path), bytes]]) }
}

function throwUnread(path: string, error: unknown): never {
  throw notRead(path, error)
}

/** Every attribute other than `@logger()` may be a misspelt `@secret()`: a schema taken for one with secrets costs an excerpt, the opposite would show a secret. */
function mentionsSecrets(schema: string): boolean {
  return /secret/i.test(schema) || /@(?!logger\()/.test(schema)
}

/** All violations of a file as one error, the first one's place its own. A single one is gathered too: programs find its fields where those of many are. */
export function gatherViolations(violations: readonly VarTrackError[]): VarTrackError {
  const [first] = violations as [VarTrackError, ...VarTrackError[]]
  return new VarTrackError({
    code: first.code,
    message: violations.length === 1 ? first.message : `${violations.length} fields do not meet the schema.`,
    ...(first.remedy ? { remedy: first.remedy } : {}),
    place: first.place,
    others: violations,
  })
}
