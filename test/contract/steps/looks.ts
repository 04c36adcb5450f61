import { setTimeout as pause } from 'node:timers/promises'
import type { Reader, Snapshot } from './reader.js'

/** Between two looks of a reader. */
const BETWEEN_LOOKS_MS = 25

/** Everything seen that is none of the states. */
export function mixtures(seen: readonly (Snapshot | undefined)[], states: readonly Snapshot[]): Snapshot[] {
  const known = new Set(states.map(inOrder))
  return seen.filter((snapshot) => snapshot !== undefined).filter((snapshot) => !known.has(inOrder(snapshot)))
}

function inOrder(snapshot: Snapshot): string {
  return JSON.stringify(Object.entries(snapshot).toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

/** Looks again and again until stopped, or disposed of. */
export interface Watching extends AsyncDisposable {
  /** @returns what was seen, and what is there now */
  stop(): Promise<(Snapshot | undefined)[]>
}

/** Has a reader look at a place, at once and from then on. */
export function watch(reader: Reader, location: string): Watching {
  const seen: (Snapshot | undefined)[] = []
  const stopping = new AbortController()
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      seen.push(await reader.read(location))
      await pause(BETWEEN_LOOKS_MS)
    }
  })()
  const stop = async () => {
    stopping.abort()
    await watching
  }
  return {
    [Symbol.asyncDispose]: stop,
    async stop() {
      await stop()
      return [...seen, await reader.read(location)]
    },
  }
}
