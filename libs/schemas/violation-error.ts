import type { Violation } from '@vartrack/cuelang-wasm'
import { type Place, VarTrackError } from '@vartrack/errors'

/**
 * A field that does not meet its schema: expected, got, and both places.
 * @param place the config file, and where in it the field stands
 */
export function violationError(violation: Violation, place: Place): VarTrackError {
  const { file, line, column } = violation.schema
  return new VarTrackError({
    code: 'schema.violation',
    message: violation.message,
    remedy: `Correct the field, or what ${file}:${line}:${column} asks of it.`,
    place: { ...place, field: violation.field },
    details: { expected: violation.expected, got: violation.got, schema: `${file}:${line}:${column}` },
  })
}
