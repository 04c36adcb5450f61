import { type Place, problemsOf, toVarTrackError, type VarTrackError } from '@vartrack/errors'
import { excerptOf, type Source } from './excerpt.js'
import { type Terminal, visible } from './terminal.js'

/**
 * Prints an error for a person: what happened, the line of the source with a caret under the place, what to do. With it all that was found in the same pass.
 * @param sources files that were read, by the names that places give
 */
export function printError(thrown: unknown, sources: ReadonlyMap<string, Source>, terminal: Terminal): void {
  const error = toVarTrackError(thrown)
  const shown = problemsOf(error)
  for (const one of shown) terminal.err(describe(one, sources, terminal))
  if (shown.length > 1) terminal.err(`${visible(error.message)}\n`)
}

function describe(error: VarTrackError, sources: ReadonlyMap<string, Source>, { paint }: Terminal): string {
  const { message, code, place, remedy } = error
  const excerpt = excerptOf(sources.get(place.file ?? ''), error)
  const margin = ' '.repeat(excerpt?.number.length ?? 0)
  const bar = paint.err('|', 'cyan')
  return [
    `${paint.err('error', 'red')}: ${paint.err(visible(message), 'bold')} [${code}]`,
    ...(place.file === undefined ? [] : [`${margin}${paint.err('-->', 'cyan')} ${visible(where(place))}`]),
    ...(excerpt === undefined
      ? []
      : [
          `${margin} ${bar}`,
          `${paint.err(excerpt.number, 'cyan')} ${bar} ${excerpt.line}`,
          `${margin} ${bar} ${excerpt.before}${paint.err('^', 'red')}`,
        ]),
    ...(remedy === undefined ? [] : [`${margin} ${paint.err('=', 'cyan')} ${visible(remedy)}`]),
    '',
    '',
  ].join('\n')
}

function where({ file, line, column }: Place): string {
  return [file, line, column].filter((part) => part !== undefined).join(':')
}
