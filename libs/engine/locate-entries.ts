import type { CompileOptions, Core } from '@vartrack/core'
import type { ParserPool, Position } from '@vartrack/formats'
import { detectFormat } from '@vartrack/formats/detect-format'
import type { CompileSettings } from './compile-options.js'

/** What finds entries in their file. */
export interface Locator {
  readonly core: Pick<Core, 'locate'>
  readonly parser: Pick<ParserPool, 'parse' | 'locate'>
}

/**
 * Where entries of a release stand in the file they come from: below its root key, in the section of the environment.
 * @param bytes the file as it was compiled
 * @param options those it was compiled with
 * @param keys flat keys of entries, or of maps and lists above them
 * @returns a place per key; `undefined` for one that is not in the file
 */
export async function locateEntries(
  { core, parser }: Locator,
  bytes: Buffer,
  rule: Pick<CompileSettings, 'format'>,
  options: CompileOptions,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<readonly (Position | undefined)[]> {
  const { file, limits } = options
  const parsed = await parser.parse(bytes, file, { ...(rule.format === undefined ? {} : { format: rule.format }), limits, signal })
  const { rootKeyAnyDepth, derived, coreFormat } = parsed
  const places = await core.locate(parsed.bytes, coreFormat, { ...options, rootKeyAnyDepth, derived }, keys)
  if (!derived) return places
  const columns = places.flatMap((place) => (place === undefined ? [] : [place.column]))
  if (columns.length === 0) return places
  const found = [...(await parser.locate(bytes, file, detectFormat(file, rule.format), parsed.bytes, columns))]
  return places.map((place) => (place === undefined ? undefined : found.shift()))
}
