import type { LocationState, Run } from './state.js'
import { uncommitted } from './state.js'

/**
 * Who wrote a document last: `<source>@<generation>`, with `.<run>` when that write was begun again, and a `+` when the document was there before it, so
 * that the write alone did not bring it into being. One text, padded so that it sorts by generation and run: a filter sees by it what may be touched.
 */
export type Stamp = string

const GENERATION_DIGITS = 16
const RUN_DIGITS = 6
/** Sort after both stamps of a run and before those of the next, and after every stamp of a source. */
const AFTER_RUN = '-'
const AFTER_SOURCE = ':'

/** The stamp of what a write has inserted. */
export function insertedBy(source: string, { generation, run }: Run): Stamp {
  const ofFirstRun = `${source}@${String(generation).padStart(GENERATION_DIGITS, '0')}`
  return run === 0 ? ofFirstRun : `${ofFirstRun}.${String(run).padStart(RUN_DIGITS, '0')}`
}

/** The stamp of what a write has changed. */
export function changedBy(source: string, run: Run): Stamp {
  return `${insertedBy(source, run)}+`
}

/** Did a run of the write insert the document, this one or one that it has overtaken? What a run has inserted that counts was there before this one. */
export function isInsertOf(stamp: Stamp | undefined, source: string, write: Run & { readonly abandoned: readonly Run[] }): boolean {
  const runs = [write, ...write.abandoned.filter(({ generation }) => generation === write.generation)]
  return stamp !== undefined && insertedByAny(source, runs).includes(stamp)
}

/** The condition that a document is not of a later write of the source, nor of a later run of this one. */
export function notLaterThan(source: string, run: Run) {
  return { $not: { $gt: `${insertedBy(source, run)}${AFTER_RUN}`, $lt: `${source}@${AFTER_SOURCE}` } }
}

/** The condition that a document is of an earlier write of the source, and not one that those writes alone have inserted. */
export function earlierThan(source: string, { generation }: Run, overtaken: readonly Run[]) {
  return { $gt: `${source}@`, $lt: insertedBy(source, { generation, run: 0 }), $nin: insertedByAny(source, overtaken) }
}

/** The stamps of what these writes have inserted. */
export function insertedByAny(source: string, runs: readonly Run[]): Stamp[] {
  return runs.map((run) => insertedBy(source, run))
}

/** The stamps of writes that do not count (yet), of one source or of all. */
export function uncommittedStamps(state: LocationState, source?: string): ReadonlySet<Stamp> {
  const sources = state.sources.filter((one) => source === undefined || one.source === source)
  const stamps = sources.flatMap((one) => uncommitted(one).map((run) => [insertedBy(one.source, run), changedBy(one.source, run)]))
  return new Set(stamps.flat())
}

/** The stamps whose documents do not count: only writes that never became valid have inserted them. */
export function orphanStamps(state: LocationState): ReadonlySet<Stamp> {
  return new Set(state.sources.flatMap((source) => insertedByAny(source.source, uncommitted(source))))
}
