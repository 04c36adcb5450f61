import { type Place, VarTrackError } from './vartrack-error.js'

/**
 * The same error with more of its place known: all that it says stays as it is.
 * @param place wins over what the error says of its place
 */
export function withPlace(error: VarTrackError, place: Place): VarTrackError {
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
