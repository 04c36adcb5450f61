import { createHash } from 'node:crypto'
import type { CompileResult, Core, Mark, Release } from '@vartrack/core'
import type { Cue, SchemaDescription, SchemaForm, Violation } from '@vartrack/cuelang-wasm'
import { VarTrackError, withRemedy } from '@vartrack/errors'
import type { Schema } from './contract.js'
import { inBestReading } from './name-readings.js'

/** What a schema says of one release. */
export interface Inspection {
  /** The release with the marks of the schema. */
  readonly release: Release
  /** None when it meets the schema. */
  readonly violations: readonly Violation[]
}

/** A release, and which names of its file hold dots. */
export type Validated = Release & Partial<Pick<CompileResult, 'names'>>

/** Holds releases to schemas. */
export interface Validator {
  /**
   * Validates and marks a release. The same release and schema cost nothing a second time.
   * @param file the config file, for errors about the data
   * @throws VarTrackError `cue.*` when the schema itself is wrong, ends in no time or eats memory; `render.*`
   */
  inspect(release: Validated, schema: Schema, file: string): Promise<Inspection>
}

/** What a validator works with. */
export interface ValidatorOptions {
  /** One for the whole process: its thread stays warm. */
  readonly cue: Pick<Cue, 'validate' | 'describe'>
  readonly core: Pick<Core, 'render' | 'annotate'>
}

/** Outcomes kept, and how many violations one of them may hold: what is wrong in more places is looked at anew. */
const MAX_KEPT = 2000
const MAX_VIOLATIONS_KEPT = 100
/** A schema that ran out of time or memory is refused for so long without being tried, in ms. */
const ENDED_FOR = 30_000

export function createValidator({ cue, core }: ValidatorOptions): Validator {
  const descriptions = createMemory<SchemaDescription>(() => true)
  const violations = createMemory<readonly Violation[]>((found) => found.length <= MAX_VIOLATIONS_KEPT)

  const ended = createEnded()

  const describe = (schema: Schema) => descriptions(schema.digest, () => cue.describe(schema.text, schema.file))
  const inForm = async (release: Validated, schema: Schema, file: string, form: SchemaForm, names?: Buffer) => {
    const data = (await core.render(release.frame, form === 'flat' ? 'flat-json' : 'json', names)).toString('utf8')
    return (await cue.validate({ schema: schema.text, schemaFile: schema.file, data, dataFile: file, form })).violations
  }
  /** A name with dots counts as it stands in the file, and as a way of several names: both mean the same. */
  const inTree = async (release: Validated, schema: Schema, file: string) => {
    const { names } = release
    if (names === undefined || names.length === 0) return inForm(release, schema, file, 'tree')
    return inBestReading(names, schema.text, (some) => inForm(release, schema, file, 'tree', some))
  }
  const validate = (release: Validated, schema: Schema, file: string) =>
    violations(`${release.digest} ${digestOf(release.names)} ${schema.digest}`, async () => {
      const { form } = await describe(schema)
      return form === 'flat' ? inForm(release, schema, file, form) : inTree(release, schema, file)
    })
  const annotate = async (release: Release, schema: Schema) => {
    const { annotations } = await describe(schema)
    const marks: Mark[] = annotations.map(({ field, secret, logger }) => ({ field, secret, logged: logger }))
    return marks.length === 0 ? release : core.annotate(release.frame, marks)
  }
  return {
    async inspect(release, schema, file) {
      ended.refuse(schema)
      const noted = (error: unknown) => ended.note(schema, ofRegistry(error, schema))
      return { violations: await validate(release, schema, file).catch(noted), release: await annotate(release, schema).catch(noted) }
    },
  }
}

function digestOf(names: Buffer | undefined): string {
  return names === undefined || names.length === 0 ? '' : createHash('sha256').update(names).digest('base64')
}

/** CUE says what is wrong with a schema, and not whose it is to mend. */
function ofRegistry(error: unknown, { file }: Schema): unknown {
  const isOfSchema = error instanceof VarTrackError && error.place.file === file
  return isOfSchema ? withRemedy(error, 'Correct the schema in its registry, then push it; nothing was written.') : error
}

/** A schema that had to be ended is not tried with every other release meanwhile: the thread is there for all tenants. */
function createEnded(): { refuse(schema: Schema): void; note(schema: Schema, error: unknown): never } {
  const until = new Map<string, { readonly error: VarTrackError; readonly at: number }>()
  return {
    refuse({ digest }) {
      const found = until.get(digest)
      if (found && performance.now() < found.at) throw found.error
      until.delete(digest)
    },
    note({ digest }, error) {
      const ended = error instanceof VarTrackError && ['cue.timeout', 'cue.memory'].includes(error.code)
      if (ended) until.set(digest, { error, at: performance.now() + ENDED_FOR })
      throw error
    },
  }
}

/** Remembers outcomes by key, the oldest first to go; who asks while one is being made waits for it. A failure is not remembered. */
function createMemory<T>(isKept: (made: T) => boolean): (key: string, make: () => Promise<T>) => Promise<T> {
  const kept = new Map<string, Promise<T>>()
  return (key, make) => {
    const known = kept.get(key)
    if (known) return known
    const made = make()
    kept.set(key, made)
    const forget = () => void kept.delete(key)
    made.then((value) => isKept(value) || forget(), forget)
    for (const oldest of kept.keys()) {
      if (kept.size <= MAX_KEPT) break
      kept.delete(oldest)
    }
    return made
  }
}
