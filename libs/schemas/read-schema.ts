import { createHash } from 'node:crypto'
import { VarTrackError } from '@vartrack/errors'
import { decodeUtf8 } from '@vartrack/formats/utf8'
import type { Schema } from './contract.js'

/**
 * The bytes of a CUE file as a schema.
 * @param file as people read it
 * @throws VarTrackError `schema.bad_encoding` at the first byte that is no UTF-8: what the decoder would put in its place could be part of a value
 */
export function readSchema(bytes: Buffer, file: string): Schema {
  const decoded = decodeUtf8(bytes)
  if ('text' in decoded) return { text: decoded.text, file, digest: createHash('sha256').update(decoded.text).digest('hex') }
  const lines = decoded.soundPart.split('\n')
  throw new VarTrackError({
    code: 'schema.bad_encoding',
    message: 'The schema is not UTF-8 here.',
    remedy: 'Save the schema as UTF-8.',
    place: { file, line: lines.length, column: Array.from(lines.at(-1) ?? '').length + 1 },
  })
}
