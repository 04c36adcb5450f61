import { type Place, VarTrackError } from './vartrack-error.js'

/**
 * One line for a person: code, place, what happened, what to do. Never a stack.
 * @param error anything that was thrown
 */
export function describeError(error: unknown): string {
  const known = toVarTrackError(error)
  // What is said of a field begins with its name.
  const { field, ...elsewhere } = known.place
  const where = describePlace(field !== undefined && known.message.startsWith(`${field}: `) ? elsewhere : known.place)
  const remedy = known.remedy ? ` ${known.remedy}` : ''
  return `${where ? `${where}: ` : ''}${known.message}${remedy} [${known.code}]`
}

/**
 * The error as a {@link VarTrackError}. What nobody classified is our own mistake and becomes `internal.unexpected` with disposition bug.
 * @param error anything that was thrown
 */
export function toVarTrackError(error: unknown): VarTrackError {
  if (error instanceof VarTrackError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new VarTrackError({
    code: 'internal.unexpected',
    message,
    remedy: 'This is a defect of varTrack; please report it with the log lines around it.',
    disposition: { kind: 'bug' },
    cause: error,
  })
}

/** What there is to tell of an error, one by one: the errors that it gathers, or else itself. */
export function problemsOf(error: VarTrackError): readonly VarTrackError[] {
  return error.others.length > 0 ? error.others : [error]
}

/** `file:line:column`, as far as they are known. */
export function describePosition({ file, line, column }: { readonly [part in 'file' | 'line' | 'column']?: Place[part] | undefined }): string {
  return [file, line, column].filter((part) => part !== undefined).join(':')
}

function describePlace(place: Place): string {
  const position = describePosition(place)
  const named = (['rule', 'datasource', 'destination', 'field', 'key'] as const)
    .filter((name) => place[name] !== undefined)
    .map((name) => `${name} ${place[name]}`)
  return [position, ...named].filter(Boolean).join(', ')
}
