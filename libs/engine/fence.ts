import { conflictingWrite, type Head, staleWrite } from '@vartrack/sink-kit'

/**
 * The head that stands at the destination against the one a write brings. The sinks check the same again in the act of writing; here it saves the reading.
 * @throws VarTrackError `fence.stale` when a newer generation is there, `fence.conflict` when the same generation holds another release
 */
export function refuseOlder(current: Head | undefined, next: Pick<Head, 'source' | 'generation' | 'digest'>, location: string): void {
  if (!current || current.generation < next.generation) return
  if (current.generation > next.generation) throw staleWrite(current.generation, next, location)
  if (current.digest !== next.digest) throw conflictingWrite(next, location)
}
