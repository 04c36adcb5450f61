import { describeError, problemsOf } from './describe-error.js'
import { firstOf } from './first-of.js'
import { VarTrackError } from './vartrack-error.js'

/**
 * Waits for all, and tells at once what refuses any of them: whoever mends one file should not learn of the next one only then.
 * @returns their results, in their order
 * @throws VarTrackError the only refusal there is, or one with all of them in `others`; any other error at once, as it is: it says nothing of the input
 */
export async function allOrRefusals<T>(works: readonly Promise<T>[]): Promise<T[]> {
  const ends = await Promise.all(works.map((work) => work.then((value) => ({ value }), keepRefusal)))
  const refusals = ends.flatMap((end) => ('refusal' in end ? [end.refusal] : []))
  if (refusals.length > 0) throw gatherRefusals(refusals)
  return ends.flatMap((end) => ('value' in end ? [end.value] : []))
}

/**
 * Refusals as one error with the code and the place of the first; each is told once, and a single one is thrown as it is.
 * @param refusals at least one
 */
export function gatherRefusals(refusals: readonly VarTrackError[]): VarTrackError {
  const others = [...new Map(refusals.flatMap(problemsOf).map((one) => [describeError(one), one])).values()]
  const [only, ...more] = others as [VarTrackError, ...VarTrackError[]]
  if (more.length === 0) return only
  const [first] = refusals
  if (first && refusals.length === 1) return first
  const message = `${others.length} problems${namedFiles(others)}.`
  return new VarTrackError({ code: only.code, message, remedy: 'Correct each of them.', place: only.place, others })
}

function keepRefusal(thrown: unknown): { readonly refusal: VarTrackError } {
  if (!(thrown instanceof VarTrackError) || thrown.disposition.kind !== 'stall') throw thrown
  return { refusal: thrown }
}

function namedFiles(errors: readonly VarTrackError[]): string {
  const files = [...new Set(errors.flatMap(({ place }) => place.file ?? []))]
  return files.length === 0 ? '' : `: ${firstOf(files)}`
}
