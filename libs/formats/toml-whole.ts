import { parse, TomlError, type TomlValueWithoutBigInt } from 'smol-toml'
import type { ParseLimits } from './contract.js'
import { decimalText } from './number-text.js'
import { DATE } from './toml-dates.js'
import { isPlain, KEY } from './toml-lines.js'
import type { PartJson } from './toml-parts.js'

/** What the library makes of a file. */
export type TomlValue = TomlValueWithoutBigInt | bigint | TomlTable | TomlValue[]
export interface TomlTable {
  [key: string]: TomlValue
}

/**
 * The tree as JSON text, where nothing is lost that was written.
 * @returns `undefined` where the text has to be read for its places: something may be lost, or refused
 */
export function wholeToml(text: string, limits: ParseLimits): PartJson | undefined {
  return isPlain(text, limits) ? plainJson(text, limits) : markedJson(text, limits)
}

const DECIMAL = '[+-]?(?:0|[1-9](?:_?[0-9])*)(?:\\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?'
/** What becomes its own text. */
const OWN_TEXT = `(?:${DATE}|[+-]?(?:inf|nan))`
/** A line that gives a key a decimal number, or a date. */
const NUMBER_LINE = lineOf(DECIMAL)
const OWN_TEXT_LINE = lineOf(OWN_TEXT)
/** Where a line may be something else than it looks like: within text of several lines, and behind what ends a line to regular expressions alone. */
const SEEMING_LINES = /"""|'''|[\u2028\u2029]/
/** Longest text in which numbers are marked, in UTF-16 units. */
const MAX_MARKED_LENGTH = 2 * 1024 * 1024
/** Characters without a meaning of their own, one of which is in no file; of the first 256, because all others double the memory of a text. */
const MARKS = ['\u0080', '\u0081', '\u0099']

function lineOf(value: string): RegExp {
  return new RegExp(`^([ \\t]*${KEY})(${value})([ \\t]*(?:#.*)?\\r?)$`, 'gm')
}

/** For a file whose numbers and dates stand on lines of their own: as strings they keep what was written. A mistake is told by none of this: the marks would move its place. */
function markedJson(text: string, limits: ParseLimits): PartJson | undefined {
  const mark = MARKS.find((candidate) => !text.includes(candidate))
  // Replacing in a very large text takes memory that ends the process, and not only its thread.
  if (mark === undefined || text.length > MAX_MARKED_LENGTH) return undefined
  if (SEEMING_LINES.test(text)) return surveyedJson(text, limits, mark)
  const marked = text.replace(NUMBER_LINE, `$1"${mark}$2"$3`).replace(OWN_TEXT_LINE, '$1"$2"$3')
  return isPlain(marked, limits) ? withNumbers(plainJson(marked, limits), mark) : surveyedJson(marked, limits, mark)
}

function plainJson(text: string, { maxDepth }: ParseLimits): PartJson | undefined {
  const tree = parseOrNothing(text, { maxDepth })
  return tree && jsonOf(tree)
}

function surveyedJson(text: string, limits: ParseLimits, mark: string): PartJson | undefined {
  const tree = parseOrNothing(text, { maxDepth: limits.maxDepth, integersAsBigInt: true })
  if (tree === undefined) return undefined
  const { exact, integers } = survey(tree, limits)
  if (!exact) return undefined
  const json = jsonOf(tree, integers ? (_key, value) => (typeof value === 'bigint' ? `${mark}${value}` : value) : undefined)
  return withNumbers(json, mark)
}

function parseOrNothing(text: string, options: Parameters<typeof parse>[1]): TomlTable | undefined {
  try {
    return parse(text, options)
  } catch (error) {
    if (error instanceof TomlError) return undefined
    throw error
  }
}

function jsonOf(tree: TomlTable, replacer?: (key: string, value: unknown) => unknown): PartJson | undefined {
  const json = JSON.stringify(tree, replacer)
  return json.includes('\\ud') || json.includes('"__proto__":') ? undefined : { json, keys: Object.keys(tree) }
}

/** With the numbers that are marked as such, and written as JSON writes them. */
function withNumbers(marked: PartJson | undefined, mark: string): PartJson | undefined {
  if (marked === undefined) return undefined
  const json = marked.json.replaceAll(new RegExp(`"${mark}([^"_+]*)"`, 'g'), '$1')
  if (!json.includes(mark)) return { ...marked, json }
  return { ...marked, json: json.replaceAll(new RegExp(`"${mark}([^"]*)"`, 'g'), (_whole, literal: string) => decimalText(literal)) }
}

/** Do the library's values say what was written (not so: floats, dates, -0), and will nothing of them be refused? Whole numbers are expected to be bigints. */
export function survey(tree: TomlTable, limits: ParseLimits): { readonly exact: boolean; readonly integers: boolean } {
  let values = 0
  let integers = false
  const isExact = (value: TomlValue, depth: number): boolean => {
    if (typeof value === 'string') return true
    if (typeof value === 'bigint') {
      integers = true
      return value !== 0n
    }
    if (typeof value !== 'object') return typeof value !== 'number'
    if (value instanceof Date || depth >= limits.maxDepth) return false
    if (Array.isArray(value)) {
      values += value.length
      return values <= limits.maxKeys && value.every((item) => isExact(item, depth + 1))
    }
    for (const key in value) {
      values += 1
      if (values > limits.maxKeys || key === '__proto__' || !isExact(value[key] as TomlValue, depth + 1)) return false
    }
    return true
  }
  return { exact: isExact(tree, 0), integers }
}
