import type { Below } from '@vartrack/engine'
import { VarTrackError } from '@vartrack/errors'
import type { ChangeSet, Target } from '@vartrack/state'
import type { WriterContext } from './context.js'

/** Asked again after this long, in ms: a change set whose store is away takes a minute or two to fail. */
const ASK_AGAIN_MS = 3_000
/** One that has not ended after so long, in ms, has lost its end; what it wrote is taken for sound. Less than the queue waits for. */
const UNDECIDED_MS = 120_000

/**
 * What is known of the writes below the one of a target. Two pushes that fail one after the other: the first could not be undone any more, because the second
 * was there, and undoing the second would bring the first back, at this destination alone.
 * @throws VarTrackError `restore.undecided` (wait) while it is open whether a change set below fails
 */
export function belowOf(target: Target, { state }: Pick<WriterContext, 'state'>): Below {
  return {
    release: (digest) => state.release(digest),
    async isUndone(generation) {
      const line = (await state.history(target)).find((entry) => entry.generation === generation)
      const changeSet = line && (await state.changeSet(line.changeSet))
      if (!changeSet || !isPutBack(changeSet, target)) return false
      if (changeSet.state === 'planned' && Date.now() - Date.parse(changeSet.createdAt) < UNDECIDED_MS) throw undecided(target, changeSet)
      return changeSet.state === 'failed' && !(await hasSettledSince(target, generation, state))
    },
  }
}

/** Alone in its change set it is kept when it is whole. */
function isPutBack({ targets }: ChangeSet, { datasource, location, source }: Target): boolean {
  const own = targets.find((one) => one.datasource === datasource && one.location === location && one.source === source)
  return own?.undo === true && own.onFailure === 'rollback'
}

/** A later change set may have declared the same values, and moved the head only. */
async function hasSettledSince(target: Target, generation: number, state: WriterContext['state']): Promise<boolean> {
  const base = (await state.planBases(target)).get(target.datasource)
  return (base?.generation ?? 0) >= generation
}

function undecided({ datasource, location }: Target, { id }: ChangeSet): VarTrackError {
  return new VarTrackError({
    code: 'restore.undecided',
    message: `Change set ${id}, whose values this one replaced, may fail as well.`,
    remedy: 'Nothing to do: what is put back is known when it has ended.',
    place: { datasource, destination: location },
    disposition: { kind: 'wait', afterMs: ASK_AGAIN_MS },
  })
}
