import type { Position } from '@vartrack/cuelang-wasm'
import { VarTrackError } from '@vartrack/errors'

/** Labels and list indices from the top of the document. */
export type Path = readonly (string | number)[]

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

/**
 * Collects problems and gives each its place.
 * @param file name of the file, as the operator knows it
 * @param positions of fields and elements, by their path joined with dots; a field that is not there has its parent's
 */
export function createProblems(file: string, positions: ReadonlyMap<string, Position>): Problems {
  const found: VarTrackError[] = []
  return {
    report({ code, message, remedy, path }) {
      found.push(new VarTrackError({ code, message, remedy, place: { file, ...locate(positions, path) } }))
    },
    error: (code) => (found.length === 0 ? undefined : gathered(code, file, found.toSorted(byPlace))),
  }
}

/** A path as it is written in messages: `rules[0].branch_map`. */
export function fieldName(path: Path): string {
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return name.replace(/^\.(bundle\.)?/, '')
}

/** What is nowhere in the file is said to be missing at its top. */
function locate(positions: ReadonlyMap<string, Position>, path: Path): Position {
  for (let length = path.length; length > 0; length--) {
    const position = positions.get(path.slice(0, length).join('.'))
    if (position) return { line: position.line, column: position.column }
  }
  return { line: 1, column: 1 }
}

function byPlace(a: VarTrackError, b: VarTrackError): number {
  return (a.place.line ?? 0) - (b.place.line ?? 0) || (a.place.column ?? 0) - (b.place.column ?? 0)
}

function gathered(code: string, file: string, others: readonly VarTrackError[]): VarTrackError {
  const count = others.length === 1 ? 'a problem' : `${others.length} problems`
  const place = others[0]?.place ?? { file }
  return new VarTrackError({ code, message: `${file} has ${count}.`, remedy: 'Mend each of them; nothing was loaded.', place, others })
}
