import type { EntryType } from '@vartrack/sink-kit'
import { copyOf, holds, leaves, removeLeaf, setLeaf, type Tree } from './tree.js'
import { entryOf, storedValue } from './values.js'

/** Entries by flat key. */
export type Entries = ReadonlyMap<string, { readonly type: EntryType; readonly text: string }>

/** A key whose written text BSON does not give back. */
export interface Written {
  readonly key: string
  readonly type: string
  readonly text: string
}

/** Entries as an application likes to read them, `database.host` as a field of `database`, and beside it what the fields cannot say. */
export interface NestedValues {
  readonly data: Tree
  readonly written: readonly Written[]
}

/** Nested to flat, whoever wrote the fields. */
export function flatten({ data, written }: NestedValues): Entries {
  const texts = new Map(written.map((one) => [one.key, one]))
  const entries = new Map<string, { type: EntryType; text: string }>()
  for (const [key, value] of leaves(data)) {
    const { type, text } = texts.get(key) ?? {}
    if (!entries.has(key)) entries.set(key, entryOf({ value, type, text }))
  }
  return entries
}

/** Values on their way. Only what is named changes: a field of somebody else stays the very value that was read, whatever its type. */
export class NestedDraft {
  readonly #data: Tree
  readonly #written: Map<string, Written>

  constructor({ data, written }: NestedValues = { data: {}, written: [] }) {
    this.#data = copyOf(data)
    this.#written = new Map(written.map((one) => [one.key, one]))
  }

  put(key: string, type: EntryType, text: string): void {
    const stored = storedValue(type, text)
    this.#written.delete(key)
    setLeaf(this.#data, key, stored.value)
    if (stored.text !== undefined && stored.type !== undefined) this.#written.set(key, { key, type: stored.type, text: stored.text })
  }

  has(key: string): boolean {
    return holds(this.#data, key)
  }

  /** @returns was it there? */
  delete(key: string): boolean {
    this.#written.delete(key)
    return removeLeaf(this.#data, key)
  }

  values(): NestedValues {
    return { data: this.#data, written: [...this.#written.values()] }
  }
}
