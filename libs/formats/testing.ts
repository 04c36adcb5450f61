import { toVarTrackError, type VarTrackError } from '@vartrack/errors'
import type { ParseLimits } from './contract.js'
import { parseFile } from './parse-file.js'

/** The limits of a bundle that sets none. */
export const LIMITS: ParseLimits = { maxFileBytes: 10 * 1024 * 1024, maxDepth: 64, maxKeys: 100_000 }

/** For tests: the JSON text that a file becomes. */
export async function jsonOf(path: string, content: string | Buffer, limits = LIMITS): Promise<string> {
  const { bytes } = await parseFile(Buffer.from(content), path, { limits })
  return bytes.toString()
}

/** For tests: `code line:column` of the refusal of a file; throws when it is read. */
export async function refusalOf(path: string, content: string | Buffer, limits = LIMITS): Promise<string> {
  const { code, place } = await errorOf(path, content, limits)
  return `${code} ${place.line}:${place.column}`
}

/** For tests: the refusal itself. */
export async function errorOf(path: string, content: string | Buffer, limits = LIMITS): Promise<VarTrackError> {
  const json = await jsonOf(path, content, limits).catch(toVarTrackError)
  if (typeof json === 'string') throw new Error(`the file was read: ${json}`)
  return json
}
