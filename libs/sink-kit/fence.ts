import { VarTrackError } from '@vartrack/errors'
import type { Head } from './contract.js'

/**
 * The rule that every sink enforces in the act of writing: generations only grow, one generation is one release, and a write follows what its
 * writer has seen.
 * @param current head of the source at the destination now
 * @param expected head the writer has read
 * @throws VarTrackError `fence.stale`, `fence.conflict`, `fence.moved`
 */
export function checkFence(current: Head | null, next: Head, expected: Head | null, location: string): void {
  if (current && current.generation > next.generation) throw staleWrite(current.generation, next, location)
  if (current && current.generation === next.generation && current.digest !== next.digest) throw conflictingWrite(next, location)
  if (!sameHead(current, expected)) throw movedHead(next, location)
}

/** Is it the same write? */
export function sameHead(one: Head | null, other: Head | null): boolean {
  if (!one || !other) return one === other
  return (['generation', 'digest', 'commit', 'journal', 'writtenAt'] as const).every((field) => one[field] === other[field])
}

/** The error of a write whose generation is lower than the one at the destination. */
export function staleWrite(there: number, next: Pick<Head, 'generation' | 'source'>, location: string): VarTrackError {
  return new VarTrackError({
    code: 'fence.stale',
    message: `Generation ${next.generation} of ${next.source} came too late: ${location} already holds generation ${there}.`,
    place: { destination: location },
    disposition: { kind: 'replan' },
  })
}

/** The error of a second release under one generation: Redis has lost the end of what it wrote, and the counter of generations with it. */
export function conflictingWrite(next: Pick<Head, 'generation' | 'source'>, location: string): VarTrackError {
  return new VarTrackError({
    code: 'fence.conflict',
    message: `Generation ${next.generation} of ${next.source} is already at ${location} with another release.`,
    remedy: 'The ref is planned again with a newer one.',
    place: { destination: location },
    disposition: { kind: 'replan' },
  })
}

/** The error of a write whose aim has moved since it was read. */
export function movedHead(next: Pick<Head, 'source'>, location: string): VarTrackError {
  return new VarTrackError({
    code: 'fence.moved',
    message: `Another write of ${next.source} reached ${location} in between.`,
    place: { destination: location },
    disposition: { kind: 'retry' },
  })
}
