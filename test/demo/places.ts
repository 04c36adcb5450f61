import type { RunningServer } from '../servers/running-server.js'
import { openStoreView, type StoreName, type StoreView } from '../support/store-views.js'
import type { Marks } from './marks.js'

/** A place that varTrack writes to, as its log names it. */
export interface Place {
  readonly datasource: string
  readonly location: string
}

export type Entries = Readonly<Record<string, string>>

/** Looks into the places that varTrack wrote to, with the stores' own drivers. A value is `***` unless it is known to be no secret. */
export interface Places extends AsyncDisposable {
  /**
   * Lines about what changed there since the last look. Empty too where a place is kept in a form the demo cannot read.
   * @param changeSet id of what was written there
   */
  changes(place: Place, changeSet: string): Promise<string[]>
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
export function openPlaces(servers: Readonly<Record<StoreName, RunningServer>>, marks: Marks): Places {
  const known = new Map<string, Known>()
  return {
    async changes(place, changeSet) {
      const id = nameOf(place)
      if (!isStore(place.datasource)) return []
      const seen: Known = known.get(id) ?? { place, view: openStoreView(place.datasource, servers[place.datasource], place.location), entries: {} }
      known.set(id, seen)
      const before = seen.entries
      await marks.learn(place, changeSet)
      seen.entries = await look(seen)
      return difference(before, seen.entries, (key, value) => marks.shown(place, key, value))
    },
    all: async () => await Promise.all([...known.values()].map((one) => shownEntries(one, marks))),
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([...known.values()].map(async ({ view }) => (await view).close()))
    },
  }
}

/** Nothing where the place is not there yet, or of another kind than the demo reads. */
async function look({ view }: Known): Promise<Entries> {
  return await view.then((open) => open.entries()).catch(() => ({}))
}

async function shownEntries(one: Known, marks: Marks): Promise<{ readonly place: Place; readonly entries: Entries }> {
  const entries = Object.entries(await look(one)).map(([key, value]) => [key, marks.shown(one.place, key, value)] as const)
  return { place: one.place, entries: Object.fromEntries(entries) }
}

/** `redis production:app` */
export function nameOf({ datasource, location }: Place): string {
  return `${datasource} ${location}`
}

function isStore(name: string): name is StoreName {
  return name === 'redis' || name === 'mongo' || name === 'zookeeper'
}

type Shown = (key: string, value: string) => string

function difference(before: Entries, after: Entries, shown: Shown): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted((one, other) => (one < other ? -1 : 1))
  const changed = keys.filter((key) => before[key] !== after[key])
  const lines = changed.slice(0, SHOWN).map((key) => sentence(key, before[key], after[key], shown))
  return changed.length > SHOWN ? [...lines, `... and ${changed.length - SHOWN} more`] : lines
}

function sentence(key: string, before: string | undefined, after: string | undefined, shown: Shown): string {
  const was = before === undefined ? '' : ` (was ${shown(key, before)})`
  if (after === undefined) return `- ${key}${was}`
  return `${before === undefined ? '+' : '~'} ${key} = ${shown(key, after)}${was}`
}
