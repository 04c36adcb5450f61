import { type Place, VarTrackError } from './vartrack-error.js'

/**
 * The same error with more of its place known: all that it says stays as it is. What is no VarTrackError has no place, and is given back.
 * @param place wins over what the error says of its place
 */
export function withPlace<Thrown>(error: Thrown, place: Place): Thrown | VarTrackError {
  if (!(error instanceof VarTrackError)) return error
  const { code, message, remedy, details, disposition, status, cause, others } = error
  return new VarTrackError({
    code,
    message,
    place: { ...error.place, ...place },
    details,
    disposition,
    status,
    cause,
    others,
    ...(remedy === undefined ? {} : { remedy }),
  })
}
