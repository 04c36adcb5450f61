import type { Position } from '@vartrack/cuelang-wasm'
import { VarTrackError } from '@vartrack/errors'
import type { Path } from './field-name.js'
import { toldOnce } from './told-once.js'

export { fieldName, type Path } from './field-name.js'

/** One thing wrong with the file. */
export interface Problem {
  readonly code: string
  readonly message: string
  readonly remedy: string
  readonly path: Path
}

/** Takes a problem down; reading goes on, so that the operator sees all of them at once. */
export type Report = (problem: Problem) => void

/** Everything wrong with one file. */
export interface Problems {
  readonly report: Report
  /** All of them as one error, in the order of the file; `undefined` when there are none. */
  error(code: string): VarTrackError | undefined
}

/** Where things stand in a file. */
export interface Positions {
  /** Of fields and elements, by their path joined with dots. */
  readonly positions: ReadonlyMap<string, Position>
  /** Of the names of fields, where they are apart from those of the fields: what is wrong with a name is told there. */
  readonly namePositions?: ReadonlyMap<string, Position>
}

/**
 * Collects problems and gives each its place.
 * @param file name of the file, as the operator knows it
 * @param where a field that is not there has its parent's place
 * @param most how many are told one by one; of the others their number. Default: all
 */
export function createProblems(file: string, where: Positions, most = Number.POSITIVE_INFINITY): Problems {
  const found: Placed[] = []
  return {
    report: (problem) => void found.push({ ...problem, place: { file, ...locate(where, problem) } }),
    error: (code) => (found.length === 0 ? undefined : gathered(code, file, toldOnce(found.toSorted(byPlace)), most)),
  }
}

/** Plain until it is told: thousands of errors, each with its stack, take seconds to make. */
interface Placed extends Problem {
  readonly place: Position & { readonly file: string }
}

/** What is nowhere in the file is said to be missing at its top. */
function locate({ positions, namePositions }: Positions, { code, path }: Problem): Position {
  const ofName = code === 'bundle.unknown_field' ? namePositions?.get(path.join('.')) : undefined
  if (ofName) return ofName
  for (let length = path.length; length > 0; length--) {
    const position = positions.get(path.slice(0, length).join('.'))
    if (position) return { line: position.line, column: position.column }
  }
  return { line: 1, column: 1 }
}

function byPlace(a: Placed, b: Placed): number {
  return a.place.line - b.place.line || a.place.column - b.place.column
}

function gathered(code: string, file: string, found: readonly Placed[], most: number): VarTrackError {
  const others = found.slice(0, most).map(({ code, message, remedy, place }) => new VarTrackError({ code, message, remedy, place }))
  const untold = found[others.length]
  if (untold) others.push(more(found.length - others.length, code, untold.place))
  const [count, each] = found.length === 1 ? ['a problem', 'it'] : [`${found.length} problems`, 'each of them']
  const place = others[0]?.place ?? { file }
  return new VarTrackError({ code, message: `${file} has ${count}.`, remedy: `Mend ${each}; nothing was loaded.`, place, others })
}

function more(count: number, code: string, place: Placed['place']): VarTrackError {
  const message = `and ${count} more ${count === 1 ? 'problem' : 'problems'}, from here on.`
  return new VarTrackError({ code, message, remedy: 'Mend the first ones; the next reading tells of the rest.', place })
}
