import type { CompileOptions, CompileResult, Core } from '@vartrack/core'
import { VarTrackError, withPlace } from '@vartrack/errors'
import type { Parsed, ParserPool } from '@vartrack/formats'
import { detectFormat } from '@vartrack/formats/detect-format'
import type { CompileSettings } from './compile-options.js'

/** What makes a release of bytes. */
export interface Compiler {
  readonly core: Pick<Core, 'compile'>
  readonly parser: Pick<ParserPool, 'parse' | 'locate'>
}

/** Most bytes the core can be told to allow. */
const ANY_SIZE = 0xffff_ffff

/**
 * The release of one file's bytes: read by its format, sliced, flattened.
 * @param bytes the whole file
 * @param options as `compileOptions` gives them; their file names the format, unless the rule does
 * @throws VarTrackError `format.*`, `root_key.*`, `env.*`, `flatten.collision`, `limit.*` with their places in the file
 */
export async function compileBytes(
  compiler: Compiler,
  bytes: Buffer,
  rule: Pick<CompileSettings, 'format'>,
  options: CompileOptions,
  signal?: AbortSignal,
): Promise<CompileResult> {
  const { file, limits } = options
  const format = rule.format === undefined ? {} : { format: rule.format }
  const parsed = await compiler.parser.parse(bytes, file, { ...format, limits, ...(signal ? { signal } : {}) })
  const { rootKeyAnyDepth, derived, coreFormat } = parsed
  const compiling = compiler.core.compile(parsed.bytes, coreFormat, { ...options, rootKeyAnyDepth, derived })
  return compiling.catch(async (error: unknown) => {
    const column = derived ? await columnInJson(compiler, parsed, options) : undefined
    if (column === undefined || !(error instanceof VarTrackError)) throw error
    const [position] = await compiler.parser.locate(bytes, file, detectFormat(file, rule.format), parsed.bytes, [column])
    throw withPlace(error, { ...position })
  })
}

/** Where in the JSON text of another reader the core stops; it is one line. */
async function columnInJson({ core }: Compiler, parsed: Parsed, options: CompileOptions): Promise<number | undefined> {
  const limits = { ...options.limits, maxFileBytes: ANY_SIZE }
  const again = core.compile(parsed.bytes, parsed.coreFormat, { ...options, limits, rootKeyAnyDepth: parsed.rootKeyAnyDepth, derived: false })
  return again.then(
    () => undefined,
    (error: unknown) => (error instanceof VarTrackError ? error.place.column : undefined),
  )
}
