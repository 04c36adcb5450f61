/** About so many UTF-16 units go to the library at a time: what it makes of a small part is garbage before it is old, and cheap to collect. */
const PART_LENGTH = 32 * 1024
/** Where a line begins with a header, and the first name of its path. */
const HEADER = /^\[\[?([\w-]+)/gm

/** A part of a text as JSON text of a map, and the keys of that map. */
export interface PartJson {
  readonly json: string
  readonly keys: readonly string[]
}

/**
 * Reads a TOML text by parts that are cut before headers.
 * @param read reads a part as the text of a file of its own; `undefined` where it cannot, as when a cut went through a value
 * @returns the JSON text of the whole; `undefined` where that has to be read at once: there is but one part, a part cannot be read, or two hold the same key
 */
export function jsonByParts(text: string, read: (part: string) => PartJson | undefined): string | undefined {
  const seen = new Set<string>()
  const members: string[] = []
  const parts = partsOf(text)
  if (parts.length === 1) return undefined
  for (const part of parts) {
    const { json, keys } = read(part) ?? {}
    if (json === undefined || keys === undefined || keys.some((key) => seen.has(key))) return undefined
    for (const key of keys) seen.add(key)
    if (keys.length > 0) members.push(json.slice(1, -1))
  }
  return `{${members.join(',')}}`
}

/** No two parts have a header of one first name. */
function partsOf(text: string): readonly string[] {
  if (text.length < 2 * PART_LENGTH) return [text]
  const parts: string[] = []
  const names = new Set<string>()
  let from = 0
  let last: string | undefined
  for (const { 1: name = '', index } of text.matchAll(HEADER)) {
    if (name === last) continue
    if (names.has(name)) return [text]
    names.add(name)
    last = name
    if (index - from < PART_LENGTH) continue
    parts.push(text.slice(from, index))
    from = index
  }
  return [...parts, text.slice(from)]
}
