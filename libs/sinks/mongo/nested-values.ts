import type { EntryType } from '@vartrack/sink-kit'
import { entryOf, isContainer, type StoredValue, storedValue } from './values.js'

/** Entries by flat key. */
export type Entries = Map<string, { readonly type: EntryType; readonly text: string }>

/** A key whose written text BSON does not give back. */
export interface Written {
  readonly key: string
  readonly type: string
  readonly text: string
}

/** Entries as an application likes to read them, `database.host` as a field of `database`, and beside it what the fields cannot say. */
export interface NestedValues {
  readonly data: Branch
  readonly written: readonly Written[]
}

interface Branch {
  [segment: string]: unknown
}

/** A document may be nested 100 deep; what a key has beyond this depth stays one segment. */
const MOST_SEGMENTS = 60
/** The value of a key that has keys below it, and the segment of an empty part: escapes have two hexadecimal digits. */
const SELF = '%self'
const EMPTY = '%empty'

/** Flat to nested. */
export function nest(entries: Entries): NestedValues {
  const data = newBranch()
  const written: Written[] = []
  for (const [key, { type, text }] of entries) {
    const stored = storedValue(type, text)
    place(data, segmentsOf(key), stored)
    if (stored.text !== undefined && stored.type !== undefined) written.push({ key, type: stored.type, text: stored.text })
  }
  return { data, written }
}

/** Nested to flat, whoever wrote the fields. */
export function flatten({ data, written }: NestedValues): Entries {
  const texts = new Map(written.map((one) => [one.key, one]))
  const entries: Entries = new Map()
  const visit = (value: unknown, path: readonly string[]) => {
    if (isContainer(value) && (path.length === 0 || Object.keys(value).length > 0)) {
      for (const [segment, below] of Object.entries(value)) visit(below, segment === SELF ? path : [...path, partOf(segment)])
      return
    }
    const key = path.join('.')
    const { type, text } = texts.get(key) ?? {}
    entries.set(key, entryOf({ value, type, text }))
  }
  visit(data, [])
  return entries
}

function place(data: Branch, segments: readonly string[], { value }: StoredValue): void {
  let branch = data
  for (const segment of segments.slice(0, -1)) branch = branchBelow(branch, segment)
  const last = segments.at(-1) as string
  const there = branch[last]
  if (isContainer(there) && Object.keys(there).length > 0) there[SELF] = value
  else branch[last] = value
}

function branchBelow(branch: Branch, segment: string): Branch {
  const there = branch[segment]
  if (isContainer(there) && Object.keys(there).length > 0) return there
  const below = newBranch()
  if (segment in branch) below[SELF] = there
  branch[segment] = below
  return below
}

/** Without a prototype, so that `__proto__` is a key like others. */
function newBranch(): Branch {
  return Object.create(null) as Branch
}

function segmentsOf(key: string): string[] {
  const parts = key.split('.')
  const deep = parts.length > MOST_SEGMENTS ? [...parts.slice(0, MOST_SEGMENTS), parts.slice(MOST_SEGMENTS).join('.')] : parts
  return deep.map((part) => (part === '' ? EMPTY : part.replace(/[%.\0]|^\$/g, escapeCharacter)))
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

/** What is no escape of ours is taken as it is. */
function partOf(segment: string): string {
  return segment === EMPTY ? '' : segment.replace(/%(25|2E|00|24)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
