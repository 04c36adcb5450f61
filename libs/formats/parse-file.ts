import { VarTrackError } from '@vartrack/errors'
import type { Format, Parsed, ParseLimits, ParseOptions, TreeListener } from './contract.js'
import { detectFormat } from './detect-format.js'
import { createJsonText } from './json-text.js'
import { readText, readUtf8, type SourceText } from './source-text.js'

/** A format that is read in JavaScript. */
export type ReadFormat = Exclude<Format, 'json' | 'hcl'>

/** Tells a listener every value of a text. */
type Reader = (source: SourceText, listener: TreeListener, limits: ParseLimits) => void

/** A reader is loaded with its library when the first file of its format comes. */
const READERS: Readonly<Record<ReadFormat, () => Promise<Reader>>> = {
  yaml: async () => (await import('./yaml.js')).readYaml,
  toml: async () => (await import('./toml.js')).readToml,
  env: async () => (await import('./env.js')).readEnv,
  ini: async () => (await import('./ini.js')).readIni,
  properties: async () => (await import('./properties.js')).readProperties,
  xml: async () => (await import('./xml.js')).readXml,
}

/**
 * What the core compiles for a file: JSON and HCL as they are (as UTF-8 without byte order mark), all other formats as JSON text with numbers as written.
 * Works in the calling thread without a time limit; for files from outside use a {@link createParserPool} pool.
 * @param bytes the whole file
 * @param path path in the repository, for the format and for errors
 * @throws VarTrackError `format.*` or `limit.*`, with file, line and column; the signal's reason when it is aborted
 */
export async function parseFile(bytes: Buffer, path: string, options: ParseOptions): Promise<Parsed> {
  options.signal?.throwIfAborted()
  return parseBytes(bytes, path, detectFormat(path, options.format), options.limits)
}

/** As {@link parseFile}, for a known format. */
export async function parseBytes(bytes: Buffer, path: string, format: Format, limits: ParseLimits): Promise<Parsed> {
  const rootKeyAnyDepth = format === 'xml'
  if (!isReadFormat(format)) return { coreFormat: format, bytes: readUtf8(bytes, path, limits), derived: false, rootKeyAnyDepth }
  const source = readText(bytes, path, limits)
  const json = createJsonText(source, limits)
  await readTree(source, format, json, limits)
  return { coreFormat: 'json', bytes: json.bytes(), derived: true, rootKeyAnyDepth }
}

/**
 * Tells a listener what a text of a format holds.
 * @throws VarTrackError `format.*`, `limit.keys`; `limit.memory` when a library runs out of stack
 */
export async function readTree(source: SourceText, format: ReadFormat, listener: TreeListener, limits: ParseLimits): Promise<void> {
  const read = await READERS[format]()
  try {
    read(source, listener, limits)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new VarTrackError({
      code: 'limit.memory',
      message: 'The file is too large or too intricate to be parsed.',
      remedy: 'Split the file, or write it in a simpler way.',
      place: { file: source.file },
      cause: error,
    })
  }
}

/** Whether a format is read here; the core reads the others itself. */
export function isReadFormat(format: Format): format is ReadFormat {
  return format !== 'json' && format !== 'hcl'
}
