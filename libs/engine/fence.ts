import { VarTrackError } from '@vartrack/errors'
import type { Head } from '@vartrack/sink-kit'

/**
 * The head that stands at the destination against the one a write brings. The sinks check the same again in the act of writing; here it saves the reading.
 * @throws VarTrackError `fence.stale` when a newer generation is there, `fence.conflict` when the same generation holds another release
 */
export function refuseOlder(current: Head | undefined, next: Pick<Head, 'source' | 'generation' | 'digest'>, location: string): void {
  if (!current || current.generation < next.generation) return
  if (current.generation > next.generation) throw staleGeneration(current.generation, next.generation, location)
  if (current.digest !== next.digest) {
    throw new VarTrackError({
      code: 'fence.conflict',
      message: `Generation ${next.generation} of ${next.source} is already at ${location} with another release.`,
      remedy: 'Two plans took one generation; this is a defect of varTrack. Nothing was written.',
      place: { destination: location },
      disposition: { kind: 'bug' },
    })
  }
}

/** The error of a write that came too late; `replan` lets the planner see whether its counter fell behind. */
export function staleGeneration(there: number, brought: number, location: string): VarTrackError {
  return new VarTrackError({
    code: 'fence.stale',
    message: `Generation ${brought} came too late: ${location} already holds generation ${there}. Nothing was written.`,
    place: { destination: location },
    disposition: { kind: 'replan' },
  })
}
