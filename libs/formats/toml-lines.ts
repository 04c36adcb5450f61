import type { ParseLimits } from './contract.js'

/** With a bound of escapes, each of which the machine of regular expressions has to remember. */
const BASIC = String.raw`"[^"\\\n]*(?:\\.[^"\\\n]*){0,4096}"`
const LITERAL = String.raw`'[^'\n]*'`
/** JavaScript writes such a number with the digits it was written with: no more than 15, none of them a zero at the end of a fraction. */
const NUMBER = String.raw`(?:0|-?[1-9][0-9]{0,14}|-?(?:0|[1-9][0-9]{0,8})\.[0-9]{0,5}[1-9])(?![^\s,\]}#])`
const SCALAR = `(?:${BASIC}|${LITERAL}|true|false|${NUMBER})`
const NAME = String.raw`(?:[\w-]+|${BASIC}|${LITERAL})`
/** A key with its `=`, to be found at the start of a line. The first half is but for speed: it is what most keys are. */
export const KEY = String.raw`(?:[\w-]+ ?|${NAME}(?:[ \t]*\.[ \t]*${NAME}){0,7}[ \t]*)=[ \t]*`
const PAIR = `${KEY}(?:${SCALAR}|${listOf(SCALAR)})`
const INLINE_TABLE = String.raw`\{[ \t]*(?:${PAIR}(?:[ \t]*,[ \t]*${PAIR})*[ \t]*)?\}`
const ITEM = `(?:${SCALAR}|${INLINE_TABLE}|${listOf(SCALAR)})`
const ITEMS = String.raw`${ITEM}(?:[ \t]*,[ \t]*${ITEM})*(?:[ \t]*,)?`
/** Not to be taken for a list of its own line, within another, of what is no number. */
const HEADER = String.raw`\[\[?(?!inf\]|nan\])[A-Za-z_][\w-]*(?:\.[\w-]+){0,7}\]\]?`
/** A list may end in a later line; then those between are items with commas. */
const LIST = String.raw`\[(?:[ \t]*${ITEMS})?(?:[ \t]*\])?`
const REST_OF_LIST = String.raw`(?:${ITEMS}(?:[ \t]*\])?|(?:,[ \t]*)?\]|,)`
const PLAIN = String.raw`[ \t]*(?:(?:${KEY}(?:${SCALAR}|${LIST}|${INLINE_TABLE})|${HEADER}|${REST_OF_LIST})[ \t]*)?(?:#.*)?\r?`
const UNPLAIN_LINE = new RegExp(`^(?!${PLAIN}$).`, 'm')
/** Levels of a text of plain lines at the most: of its header, its key, a list, the key of an inline table in it, and one list. */
const DEEPEST = 27

/** A list on one line. */
function listOf(item: string): string {
  return String.raw`\[[ \t]*(?:${item}(?:[ \t]*,[ \t]*${item})*(?:[ \t]*,)?[ \t]*)?\]`
}

/**
 * Is every line of a TOML text so plain that the library's values say what was written? Then its values are text, booleans, numbers that keep their digits, and lists and tables of these.
 * Knows no context: of a valid text it says no rather than a wrong yes.
 */
export function isPlain(text: string, { maxDepth, maxKeys }: ParseLimits): boolean {
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

/** Each of these is behind a value, but for the last, or before those of a list or table within it. */
const SEPARATORS = ['\n', ',', '.', '{', '[']

/** Are there fewer values in a text than a bound, whatever it says? A value takes two characters at least. */
export function hasFewerValues(text: string, bound: number): boolean {
  return text.length < 2 * bound || SEPARATORS.reduce((sum, separator) => sum + countOf(text, separator, bound), 0) < bound
}

/** How often a text holds a character, as far as that matters. */
export function countOf(text: string, character: string, bound: number): number {
  let count = 0
  for (let at = text.indexOf(character); at >= 0 && count < bound; at = text.indexOf(character, at + 1)) count += 1
  return count
}
