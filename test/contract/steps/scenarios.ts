import { createHash } from 'node:crypto'
import type { Snapshot } from './reader.js'
import type { Work } from './work.js'

type Task = Omit<Work, 'location'>

/** A piece of work whose every step is a place to die at. */
export interface Scenario {
  readonly name: string
  /** Done before, by writers that live. */
  readonly before: readonly Task[]
  readonly work: Task
  /** What lay there before the work, and what lies there after it. */
  readonly from: Snapshot
  readonly to: Snapshot
  readonly size: Size
  /** More than a sink writes at once. */
  readonly isLarge: boolean
  /** What another writer may bring while the work stands still, or after it died: something else, and what was there before. */
  readonly successors: Readonly<Record<'newer' | 'revert', Task>>
}

/** Somebody else's, and one that the first write takes over. */
export const BY_HAND: Snapshot = { foreign: 'mine', 'service.k3': 'by hand' }

/** What another source brings. */
export const OTHERS: Snapshot = { 'other.a': '1', 'other.b': '2' }

/** How much a scenario writes. */
export interface Size {
  /** Of each value. */
  readonly bytes: number
  /** Six groups of keys, this many in each. */
  readonly width: number
}

/** Six values of more are more than one multi of ZooKeeper holds. */
const LARGE_BYTES = 150_000

const FIRST_KEYS = [0, 1, 2, 3, 4, 5]
const SECOND_KEYS = [2, 3, 4, 5, 6, 7]
const THIRD_KEYS = [1, 2, 8]

/** What happens to a place, by name. */
export type Happening = 'first' | 'update' | 'prune' | 'move' | 'restore'

/** The scenarios with values of so many bytes, and so many times the keys. */
export function scenarios(bytes: number, width = 1): Readonly<Record<Happening, Scenario>> {
  const size = { bytes, width }
  const [one, two] = [valuesOf(FIRST_KEYS, 'one', size), valuesOf(SECOND_KEYS, 'two', size)]
  const first = { kind: 'apply', generation: 1, json: JSON.stringify(one), prune: false } as const
  const update = { ...first, generation: 3, json: JSON.stringify(two) }
  const prune = { ...update, prune: true }
  const [whenOne, whenTwo] = [
    { ...BY_HAND, ...one },
    { foreign: 'mine', ...two },
  ]
  const scenario = (name: string, before: readonly Task[], work: Task, from: Snapshot, to: Snapshot): Scenario => {
    const newer = { ...prune, generation: 5, prune: work.prune, json: JSON.stringify(valuesOf(THIRD_KEYS, 'three', size)) }
    const all = { before, work, from, to, size, isLarge: bytes > LARGE_BYTES }
    return { name: `${name}${told(size)}`, ...all, successors: { newer, revert: { ...newer, json: before[0]?.json ?? '{}' } } }
  }
  return {
    first: scenario('a first write', [], first, BY_HAND, whenOne),
    update: scenario('an update', [first], update, whenOne, { ...whenOne, ...two }),
    prune: scenario('an update that prunes', [first], prune, whenOne, whenTwo),
    move: scenario('a commit that changes nothing', [first], { ...first, generation: 3 }, whenOne, whenOne),
    restore: scenario('a restore', [first, prune], { ...prune, kind: 'restore' }, whenTwo, whenOne),
  }
}

/** Every key that is written while scenarios of this width are tried. */
export function keysOf(width: number): string[] {
  const written = valuesOf([...FIRST_KEYS, ...SECOND_KEYS, ...THIRD_KEYS], '', { bytes: 0, width })
  return [...new Set([...Object.keys({ ...BY_HAND, ...OTHERS }), ...Object.keys(written)])]
}

function valuesOf(keys: readonly number[], word: string, { bytes, width }: Size): Snapshot {
  const names = keys.flatMap((key) => Array.from({ length: width }, (_, index) => (index === 0 ? `service.k${key}` : `service.k${key}x${index}`)))
  return Object.fromEntries(names.map((name) => [name, textOf(word, name, bytes)]))
}

/** Text that cannot be packed, so that what is large here is large on its way. */
function textOf(word: string, key: string, bytes: number): string {
  const rest = Math.max(0, bytes - word.length)
  const noise = createHash('shake256', { outputLength: rest }).update(`${word} ${key}`).digest('base64')
  return `${word}${noise.slice(0, rest)}`
}

function told({ bytes, width }: Size): string {
  if (bytes > LARGE_BYTES) return ' with large values'
  return width > 1 ? ` of ${FIRST_KEYS.length * width} keys` : ''
}
