import { MASKED } from '@vartrack/secrets'
import { records } from '@vartrack/sink-kit'
import type { State } from '@vartrack/state'
import { nameOf, type Place } from './places.js'

/** What varTrack knows of the entries at places: which of them a schema marks as secret. The stores themselves do not say. */
export interface Marks {
  /** Takes in what a change set wrote to a place. What is lost or cannot be read is learned of no more, and so stays hidden. */
  learn(place: Place, changeSet: string): Promise<void>
  /** A value as it may be shown: `***` where its key was ever marked there, or is known from no release. */
  shown(place: Place, key: string, value: string): string
}

/** @param state varTrack's own: its releases have the marks */
export function openMarks(state: Pick<State, 'changeSet' | 'release'>): Marks {
  const known = new Map<string, Map<string, 'secret' | 'plain'>>()
  return {
    async learn(place, changeSet) {
      const keys = known.get(nameOf(place)) ?? new Map<string, 'secret' | 'plain'>()
      known.set(nameOf(place), keys)
      for (const frame of await releasesAt(place, changeSet, state)) {
        for (const { key, secret } of records(frame)) {
          const name = key.toString()
          // A mark that was taken away leaves values behind that were secrets.
          if (keys.get(name) !== 'secret') keys.set(name, secret ? 'secret' : 'plain')
        }
      }
    },
    shown: (place, key, value) => (known.get(nameOf(place))?.get(key) === 'plain' ? value : MASKED),
  }
}

async function releasesAt(place: Place, id: string, state: Pick<State, 'changeSet' | 'release'>): Promise<Buffer[]> {
  const changeSet = await state.changeSet(id).catch(() => undefined)
  const targets = (changeSet?.targets ?? []).filter((target) => nameOf(target) === nameOf(place))
  const frames = await Promise.all(targets.map(({ digest }) => state.release(digest).catch(() => undefined)))
  return frames.filter((frame) => frame !== undefined)
}
