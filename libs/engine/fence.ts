import { conflictingWrite, type Head, staleWrite } from '@vartrack/sink-kit'

/**
 * The head that stands at the destination against the one a write brings. The sinks check the same again in the act of writing; here it saves the reading.
 * @throws VarTrackError `fence.stale` when a newer generation is there, `fence.conflict` when the same generation holds another release, or one of another commit:
 * Redis has lost that it was taken, and the write there is not this one, whose undo would take it back
 */
export function refuseOlder(current: Head | undefined, next: Pick<Head, 'source' | 'generation' | 'digest' | 'commit'>, location: string): void {
  if (!current || current.generation < next.generation) return
  if (current.generation > next.generation) throw staleWrite(current.generation, next, location)
  if (current.digest !== next.digest || current.commit !== next.commit) throw conflictingWrite(next, location)
}
