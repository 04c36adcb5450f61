/** About so many UTF-16 units go to the library at a time: objects of a small part are collected young, which is cheap. */
const PART_LENGTH = 32 * 1024
/** Where a line begins with a header, and the first name of its path. */
const HEADER = /^\[\[?([\w-]+)/gm

/**
 * A plain text (`isPlain`) cut before headers, so that each of its parts is read for itself. No two parts have a header of one first name; what stands before the first header
 * or in an indented one is not looked at, and may be in two.
 * @returns one part or more, in their order
 */
export function partsOf(text: string): readonly string[] {
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
