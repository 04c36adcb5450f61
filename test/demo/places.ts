import type { RunningServer } from '../servers/running-server.js'
import { openStoreView, type StoreName, type StoreView } from '../support/store-views.js'

/** A place that varTrack writes to, as its log names it. */
export interface Place {
  readonly datasource: string
  readonly location: string
}

export type Entries = Readonly<Record<string, string>>

/** Looks into the places that varTrack wrote to, with the stores' own drivers. */
export interface Places extends AsyncDisposable {
  /** Lines about what changed there since the last look. Empty too where a place is kept in a form the demo cannot read. */
  changes(place: Place): Promise<string[]>
  /** What every place holds that was looked at so far. */
  all(): Promise<readonly { readonly place: Place; readonly entries: Entries }[]>
}

interface Known {
  readonly place: Place
  readonly view: Promise<StoreView>
  entries: Entries
}

/** Changes told of one place; more are counted. */
const SHOWN = 8

/** @param servers of the demo, each named as its datasource in the bundle */
export function openPlaces(servers: Readonly<Record<StoreName, RunningServer>>): Places {
  const known = new Map<string, Known>()
  return {
    async changes(place) {
      const id = nameOf(place)
      if (!isStore(place.datasource)) return []
      const seen: Known = known.get(id) ?? { place, view: openStoreView(place.datasource, servers[place.datasource], place.location), entries: {} }
      known.set(id, seen)
      const before = seen.entries
      seen.entries = await look(seen)
      return difference(before, seen.entries)
    },
    all: async () => await Promise.all([...known.values()].map(async (one) => ({ place: one.place, entries: await look(one) }))),
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([...known.values()].map(async ({ view }) => (await view).close()))
    },
  }
}

/** Nothing where the place is not there yet, or of another kind than the demo reads. */
async function look({ view }: Known): Promise<Entries> {
  return await view.then((open) => open.entries()).catch(() => ({}))
}

/** `redis production:app` */
export function nameOf({ datasource, location }: Place): string {
  return `${datasource} ${location}`
}

function isStore(name: string): name is StoreName {
  return name === 'redis' || name === 'mongo' || name === 'zookeeper'
}

function difference(before: Entries, after: Entries): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted((one, other) => (one < other ? -1 : 1))
  const changed = keys.filter((key) => before[key] !== after[key])
  const lines = changed.slice(0, SHOWN).map((key) => sentence(key, before[key], after[key]))
  return changed.length > SHOWN ? [...lines, `... and ${changed.length - SHOWN} more`] : lines
}

function sentence(key: string, before: string | undefined, after: string | undefined): string {
  if (before === undefined) return `+ ${key} = ${after}`
  return after === undefined ? `- ${key} (was ${before})` : `~ ${key} = ${after} (was ${before})`
}
