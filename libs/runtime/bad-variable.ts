import { VarTrackError } from '@vartrack/errors'

/**
 * One variable that cannot be used. Its value is not shown: it may hold a password.
 * @param what what is wrong with it, such as `is no duration`
 */
export function badVariable(name: string, what: string): VarTrackError {
  return new VarTrackError({
    code: 'config.environment',
    message: `The environment variable ${name} ${what}.`,
    place: { field: name },
    remedy: 'Set it right or leave it out for its default (docs/operations.md).',
  })
}
