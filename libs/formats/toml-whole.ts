import { parse, TomlError, type TomlValueWithoutBigInt } from 'smol-toml'
import type { ParseLimits } from './contract.js'
import { decimalText } from './number-text.js'
import { isPlain } from './toml-lines.js'
import { partsOf } from './toml-parts.js'

/** What the library makes of a file. */
export type TomlValue = TomlValueWithoutBigInt | bigint | TomlTable | TomlValue[]
export interface TomlTable {
  [key: string]: TomlValue
}

/**
 * The tree as JSON text, where nothing is lost that was written.
 * @returns `undefined` where the text has to be read for its places: something may be lost, or refused
 */
export function wholeToml(text: string, limits: ParseLimits): string | undefined {
  return isPlain(text, limits) ? plainJson(text, limits) : markedJson(text, limits)
}

/** A line that gives a key a decimal number. */
const NUMBER_LINE =
  /^([ \t]*[\w.\-"'][\w.\-"' ]*=[ \t]*)([+-]?(?:0|[1-9](?:_?[0-9])*)(?:\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?)([ \t]*(?:#.*)?\r?)$/gm
/** Longest text in which numbers are marked, in UTF-16 units. */
const MAX_MARKED_LENGTH = 2 * 1024 * 1024
/** Characters without a meaning of their own, one of which is in no file; of the first 256, because all others double the memory of a text. */
const MARKS = ['\u0080', '\u0081', '\u0099']

/** For a file whose numbers stand on lines of their own: as marked strings they keep their digits. A mistake is told by none of this: the marks would move its place. */
function markedJson(text: string, limits: ParseLimits): string | undefined {
  const mark = MARKS.find((candidate) => !text.includes(candidate))
  // Text of several lines may hold what looks like a number's line. Replacing in a very large text takes memory that ends the process, and not only its thread.
  if (mark === undefined || text.length > MAX_MARKED_LENGTH || text.includes('"""') || text.includes("'''")) return undefined
  const marked = text.replace(NUMBER_LINE, `$1"${mark}$2"$3`)
  const json = isPlain(marked, limits) ? plainJson(marked, limits) : surveyedJson(marked, limits, mark)
  const digits = json?.replaceAll(new RegExp(`"${mark}([^"_+]*)"`, 'g'), '$1')
  return digits?.includes(mark) ? digits.replaceAll(new RegExp(`"${mark}([^"]*)"`, 'g'), (_whole, literal: string) => decimalText(literal)) : digits
}

/** Where a part is not valid, or two have a key in common, all of it is read at once. */
function plainJson(text: string, { maxDepth }: ParseLimits): string | undefined {
  const parts = partsOf(text)
  return (parts.length > 1 ? joinedJson(parts, maxDepth) : undefined) ?? partJson(text, maxDepth)
}

function joinedJson(parts: readonly string[], maxDepth: number): string | undefined {
  const keys = new Set<string>()
  const members: string[] = []
  for (const part of parts) {
    const tree = parseOrNothing(part, { maxDepth })
    const json = tree && jsonOf(tree)
    if (json === undefined) return undefined
    for (const key in tree) {
      if (keys.has(key)) return undefined
      keys.add(key)
    }
    members.push(json.slice(1, -1))
  }
  return `{${members.join(',')}}`
}

function partJson(text: string, maxDepth: number): string | undefined {
  const tree = parseOrNothing(text, { maxDepth })
  return tree && jsonOf(tree)
}

/** @param mark is put before whole numbers */
function surveyedJson(text: string, limits: ParseLimits, mark: string): string | undefined {
  const tree = parseOrNothing(text, { maxDepth: limits.maxDepth, integersAsBigInt: true })
  if (tree === undefined) return undefined
  const { exact, integers } = survey(tree, limits)
  if (!exact) return undefined
  return jsonOf(tree, integers ? (_key, value) => (typeof value === 'bigint' ? `${mark}${value}` : value) : undefined)
}

function parseOrNothing(text: string, options: Parameters<typeof parse>[1]): TomlTable | undefined {
  try {
    return parse(text, options)
  } catch (error) {
    if (error instanceof TomlError) return undefined
    throw error
  }
}

function jsonOf(tree: TomlTable, replacer?: (key: string, value: unknown) => unknown): string | undefined {
  if (Object.keys(tree).length === 0) return undefined
  const json = JSON.stringify(tree, replacer)
  return json.includes('\\ud') || json.includes('"__proto__":') ? undefined : json
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
