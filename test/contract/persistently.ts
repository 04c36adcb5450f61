import { VarTrackError } from '@vartrack/errors'

const TRIES = 6

/** Does work against a store, again as long as another try will do, as a queue would. @throws what the last try threw */
export async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let left = TRIES - 1; ; left--) {
    try {
      return await work()
    } catch (error) {
      if (left === 0 || !(error instanceof VarTrackError) || error.disposition.kind !== 'retry') throw error
    }
  }
}
