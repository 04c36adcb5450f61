const BASIC = String.raw`"[^"\\\n]*(?:\\.[^"\\\n]*)*"`
const LITERAL = String.raw`'[^'\n]*'`
/** JavaScript writes such a number with the digits it was written with: no more than 15, none of them a zero at the end of a fraction. */
const NUMBER = String.raw`(?:0|-?[1-9][0-9]{0,14}|-?(?:0|[1-9][0-9]{0,8})\.[0-9]{0,5}[1-9])(?![^\s,\]#])`
const SCALAR = `(?:${BASIC}|${LITERAL}|true|false|${NUMBER})`
const SCALARS = String.raw`${SCALAR}(?:[ \t]*,[ \t]*${SCALAR})*(?:[ \t]*,)?`
const NAME = String.raw`(?:[\w-]+|${BASIC}|${LITERAL})`
/** The first half is but for speed: it is what most keys are. */
const KEY = String.raw`(?:[\w-]+ ?|${NAME}(?:[ \t]*\.[ \t]*${NAME}){0,7}[ \t]*)=[ \t]*`
/** Not to be taken for a list of its own line, within another, of what is no number. */
const HEADER = String.raw`\[\[?(?!inf\]|nan\])[A-Za-z_][\w-]*(?:\.[\w-]+){0,7}\]\]?`
/** A list may end in a later line; then those between are scalars with commas. */
const LIST = String.raw`\[(?:[ \t]*${SCALARS})?(?:[ \t]*\])?`
const REST_OF_LIST = String.raw`(?:${SCALARS}(?:[ \t]*\])?|(?:,[ \t]*)?\]|,)`
const PLAIN = String.raw`[ \t]*(?:(?:${KEY}(?:${SCALAR}|${LIST})|${HEADER}|${REST_OF_LIST})[ \t]*)?(?:#.*)?\r?`

const UNPLAIN_LINE = new RegExp(`^(?!${PLAIN}$).`, 'm')
/** Levels of a text of plain lines at the most: of its header, its key, and one list. */
const DEEPEST = 17

/**
 * Is every line of a TOML text so plain that the library's values say what was written? Then its values are text, booleans, numbers that keep their digits, and lists of these.
 * Knows no context: of a valid text it says no rather than a wrong yes.
 */
export function isPlain(text: string, { maxDepth, maxKeys }: { readonly maxDepth: number; readonly maxKeys: number }): boolean {
  return maxDepth >= DEEPEST && hasFewerValues(text, maxKeys) && hasPlainLines(text)
}

/** A line of millions of escapes is more than the machine of regular expressions can go back through. */
function hasPlainLines(text: string): boolean {
  try {
    return !UNPLAIN_LINE.test(text)
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** A value takes two characters at least; behind each but the last, and behind each table, is one of those that are counted. */
function hasFewerValues(text: string, bound: number): boolean {
  return text.length < 2 * bound || countOf(text, '\n', bound) + countOf(text, ',', bound) + countOf(text, '.', bound) < bound
}

/** How often a text holds a character, as far as that matters. */
export function countOf(text: string, character: string, bound: number): number {
  let count = 0
  for (let at = text.indexOf(character); at >= 0 && count < bound; at = text.indexOf(character, at + 1)) count += 1
  return count
}
