import type { Snapshot } from './reader.js'
import type { Work } from './work.js'

/** A piece of work whose every step is a place to die at. */
export interface Scenario {
  readonly name: string
  /** Values of so many bytes. */
  readonly bytes: number
  /** Done before, by writers that live. */
  readonly before: readonly Omit<Work, 'location'>[]
  readonly work: Omit<Work, 'location'>
  /** What lay there before the work, and what lies there after it. */
  readonly from: Snapshot
  readonly to: Snapshot
}

/** Somebody else's, and one that the first write takes over. */
export const BY_HAND: Snapshot = { foreign: 'mine', 'service.k3': 'by hand' }

const FIRST_KEYS = [0, 1, 2, 3, 4, 5]
const SECOND_KEYS = [2, 3, 4, 5, 6, 7]
const THIRD_KEYS = [1, 2, 8]

/** Every key a scenario writes. */
export const KEYS = [...new Set([...Object.keys(BY_HAND), ...[...FIRST_KEYS, ...SECOND_KEYS, ...THIRD_KEYS].map(nameOf)])]

/** The scenarios with values of a size. */
export function scenarios(bytes: number): Readonly<Record<'first' | 'update' | 'prune' | 'restore', Scenario>> {
  const [one, two] = [valuesOf(FIRST_KEYS, 'one', bytes), valuesOf(SECOND_KEYS, 'two', bytes)]
  const first = { kind: 'apply', generation: 1, json: JSON.stringify(one), prune: false } as const
  const second = { kind: 'apply', generation: 3, json: JSON.stringify(two), prune: true } as const
  const [whenOne, whenTwo] = [
    { ...BY_HAND, ...one },
    { foreign: 'mine', ...two },
  ]
  const update = { ...second, prune: false }
  return {
    first: { name: 'a first write', bytes, before: [], work: first, from: BY_HAND, to: whenOne },
    update: { name: 'an update', bytes, before: [first], work: update, from: whenOne, to: { ...whenOne, ...two } },
    prune: { name: 'an update that prunes', bytes, before: [first], work: second, from: whenOne, to: whenTwo },
    restore: { name: 'a restore', bytes, before: [first, second], work: { ...second, kind: 'restore' }, from: whenTwo, to: whenOne },
  }
}

/** What may come after a scenario without anybody having finished it: a push of something else, and a revert to what was there before. */
export function successors({ bytes, before, work }: Scenario): Readonly<Record<'newer' | 'revert', Omit<Work, 'location'>>> {
  const newer = { kind: 'apply', generation: 5, json: JSON.stringify(valuesOf(THIRD_KEYS, 'three', bytes)), prune: work.prune } as const
  return { newer, revert: { ...newer, json: before[0]?.json ?? '{}' } }
}

function valuesOf(keys: readonly number[], word: string, bytes: number): Snapshot {
  return Object.fromEntries(keys.map((key) => [nameOf(key), word.padEnd(bytes, '.')]))
}

function nameOf(key: number): string {
  return `service.k${key}`
}
