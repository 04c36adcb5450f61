import type { LocationState } from './state.js'
import { uncommitted } from './state.js'

/**
 * Who wrote a document last: `<source>@<generation>`, with a `+` when the document was there before that write, so that the write alone did not bring it
 * into being. One text, padded so that it sorts by generation: a filter sees by it what may be touched.
 */
export type Stamp = string

const GENERATION_DIGITS = 16
/** Sort after every stamp of a generation, and after every stamp of a source. */
const AFTER_GENERATION = '~'
const AFTER_SOURCE = ':'

/** The stamp of what a write has inserted. */
export function insertedBy(source: string, generation: number): Stamp {
  return `${source}@${String(generation).padStart(GENERATION_DIGITS, '0')}`
}

/** The stamp of what a write has changed. */
export function changedBy(source: string, generation: number): Stamp {
  return `${insertedBy(source, generation)}+`
}

/** The condition that a document is not of a later write of the source. */
export function notLaterThan(source: string, generation: number) {
  return { $not: { $gt: `${insertedBy(source, generation)}${AFTER_GENERATION}`, $lt: `${source}@${AFTER_SOURCE}` } }
}

/** The condition that a document is of an earlier write of the source, and not one that those writes alone have inserted. */
export function earlierThan(source: string, generation: number, overtaken: readonly number[]) {
  return { $gt: `${source}@`, $lt: insertedBy(source, generation), $nin: insertedByAny(source, overtaken) }
}

/** The stamps of what these writes have inserted. */
export function insertedByAny(source: string, generations: readonly number[]): Stamp[] {
  return generations.map((generation) => insertedBy(source, generation))
}

/** The stamps of writes that do not count (yet), of one source or of all. */
export function uncommittedStamps(state: LocationState, source?: string): ReadonlySet<Stamp> {
  const sources = state.sources.filter((one) => source === undefined || one.source === source)
  const stamps = sources.flatMap((one) =>
    uncommitted(one).map((generation) => [insertedBy(one.source, generation), changedBy(one.source, generation)]),
  )
  return new Set(stamps.flat())
}

/** The stamps whose documents do not count: only writes that never became valid have inserted them. */
export function orphanStamps(state: LocationState): ReadonlySet<Stamp> {
  return new Set(state.sources.flatMap((source) => insertedByAny(source.source, uncommitted(source))))
}
