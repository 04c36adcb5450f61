import { type Place, VarTrackError, type VarTrackErrorInput } from './vartrack-error.js'

/**
 * The same error with more of its place known: all that it says stays as it is. What is no VarTrackError has no place, and is given back.
 * @param place wins over what the error says of its place
 */
export function withPlace<Thrown>(error: Thrown, place: Place): Thrown | VarTrackError {
  return error instanceof VarTrackError ? copied(error, { place: { ...error.place, ...place } }) : error
}

/** The same error, and those it gathers, with a remedy where there was none. What is no VarTrackError is given back. */
export function withRemedy<Thrown>(error: Thrown, remedy: string): Thrown | VarTrackError {
  if (!(error instanceof VarTrackError)) return error
  return copied(error, { remedy: error.remedy ?? remedy, others: error.others.map((other) => withRemedy(other, remedy)) })
}

function copied(error: VarTrackError, changed: Partial<VarTrackErrorInput>): VarTrackError {
  const { code, message, remedy, place, details, disposition, status, cause, others } = error
  return new VarTrackError({
    code,
    message,
    place,
    details,
    disposition,
    status,
    cause,
    others,
    ...(remedy === undefined ? {} : { remedy }),
    ...changed,
  })
}
