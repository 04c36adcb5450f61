import { toVarTrackError } from '@vartrack/errors'

/**
 * An error as one line of JSON: `{"error": {code, message, file, line, column, remedy, others}}`.
 * What is wrong with a file as a whole is at its start.
 * @param file the file that was worked on
 */
export function errorJson(thrown: unknown, file?: string): string {
  const { code, message, remedy, place, others } = toVarTrackError(thrown)
  const start = file !== undefined && code !== 'cli.unreadable' ? 1 : null
  const known = { code, message, file: place.file ?? file ?? null, line: place.line ?? start, column: place.column ?? start }
  const more = others.length === 0 ? {} : { others: others.map((other) => other.toJSON()) }
  return JSON.stringify({ error: { ...known, ...(remedy ? { remedy } : {}), ...more } })
}
