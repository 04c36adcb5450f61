import type { CompileOptions, CompileResult, Core } from '@vartrack/core'
import { VarTrackError } from '@vartrack/errors'
import { detectFormat, type ParserPool } from '@vartrack/formats'
import type { CompileSettings } from './compile-options.js'

/** What makes a release of bytes. */
export interface Compiler {
  readonly core: Pick<Core, 'compile'>
  /** Without `locate` an error about a key has no line where the core did not read the file itself. */
  readonly parser: Pick<ParserPool, 'parse'> & Partial<Pick<ParserPool, 'locate'>>
}

/**
 * The release of one file's bytes: read by its format, sliced, flattened.
 * @param bytes the whole file
 * @param options as `compileOptions` gives them; their file names the format, unless the rule does
 * @throws VarTrackError `format.*`, `root_key.*`, `env.missing`, `flatten.collision`, `limit.*` with their places in the file
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
    throw derived ? await withPlace(error, compiler, bytes, file, rule.format) : error
  })
}

/** An error of the core about a key of a file that another parser read, with the line of that key. */
async function withPlace(error: unknown, { parser }: Compiler, bytes: Buffer, file: string, override: string | undefined): Promise<unknown> {
  if (!(error instanceof VarTrackError) || error.place.key === undefined || error.place.line !== undefined) return error
  const position = await parser.locate?.(bytes, file, detectFormat(file, override), [error.place.key])
  if (position === undefined) return error
  const { code, message, remedy, disposition, status, place } = error
  return new VarTrackError({ code, message, disposition, status, place: { ...place, ...position }, cause: error, ...(remedy ? { remedy } : {}) })
}
