import { setTimeout } from 'node:timers/promises'
import type { StoreView } from './store-views.js'

/** What a reader saw of a store whose keys all get the same value by every push. */
export interface WatchedHalves {
  /** Values that stood there together: half of one push and half of another. */
  readonly seen: readonly string[][]
  looks(): number
  stop(): Promise<void>
}

/** Between two looks, in milliseconds. */
const EVERY_MS = 10

/** Reads a store again and again, as an application would, until stopped. */
export function watchHalves(store: StoreView): WatchedHalves {
  const stopping = new AbortController()
  const seen: string[][] = []
  let looks = 0
  const watch = async () => {
    while (!stopping.signal.aborted) {
      const values = new Set(Object.values(await store.entries()))
      if (values.size > 1) seen.push([...values])
      looks++
      await setTimeout(EVERY_MS)
    }
  }
  const watching = watch()
  return {
    seen,
    looks: () => looks,
    async stop() {
      stopping.abort()
      await watching
    },
  }
}
