import type { Violation } from '@vartrack/cuelang-wasm'
import { type Place, VarTrackError } from '@vartrack/errors'

/** Where entries of a config file stand; `undefined` for a key that is not there. */
export type LocateEntries = (keys: readonly string[]) => Promise<readonly (Pick<Place, 'line' | 'column'> | undefined)[]>

/** The place of what lies in no field. */
const BEGINNING = { line: 1, column: 1 }

/**
 * Violations as errors, with their places in the file; a missing field has the place of what it is missing in, which may be the whole file.
 * @param file the config file
 */
export async function violationErrors(violations: readonly Violation[], file: string, locate: LocateEntries): Promise<VarTrackError[]> {
  if (violations.length === 0) return []
  const wanted = violations.map(({ field, got }) => pathsOf(field, got === 'missing'))
  const keys = [...new Set(wanted.flat())]
  const places = await locate(keys)
  const at = new Map(keys.map((key, index) => [key, places[index]]))
  return violations.map((violation, index) => {
    const whole = violation.field === '' || violation.got === 'missing' ? BEGINNING : undefined
    const position = wanted[index]?.map((key) => at.get(key)).find((place) => place !== undefined) ?? whole
    return violationError(violation, { file, ...position })
  })
}

/** A key and, for one that is not there, what lies above it, the nearest first. */
function pathsOf(field: string, missing: boolean): string[] {
  if (!missing) return [field]
  const parts = field.split('.')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('.'))
}

/** A field that does not meet its schema: expected, got, and both places. */
function violationError(violation: Violation, place: Place): VarTrackError {
  const { file, line, column } = violation.schema
  return new VarTrackError({
    code: 'schema.violation',
    message: violation.message,
    remedy: `Correct the field, or what ${file}:${line}:${column} asks of it.`,
    place: { ...place, field: violation.field },
    details: { expected: violation.expected, got: violation.got, schema: `${file}:${line}:${column}` },
  })
}
