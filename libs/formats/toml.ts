import { VarTrackError } from '@vartrack/errors'
import { parse, TomlError } from 'smol-toml'
import type { ParseLimits, TreeListener } from './contract.js'
import { createJsonText, duplicateKey, tooDeep } from './json-text.js'
import { decimalText } from './number-text.js'
import { emptyFile, type Refusal, refuse, type SourceText } from './source-text.js'
import { rejectExcess } from './toml-bounds.js'
import { hasFewerValues } from './toml-lines.js'
import { unclosedBefore } from './toml-open.js'
import { jsonByParts, type PartJson } from './toml-parts.js'
import { firstGiven, mayLoseQuotes, scanToml, type TomlMark } from './toml-scan.js'
import { survey, type TomlTable, type TomlValue, wholeToml } from './toml-whole.js'

/**
 * Reads TOML 1.0. Dates and times, infinity and not-a-number are their text; numbers keep their digits, but for `_`, `+` and other bases than ten.
 * The library checks and builds; where its values have lost what was written, or a place is wanted, the text is scanned once more.
 * @throws VarTrackError `format.*` with the place
 */
export function readToml(source: SourceText, listener: TreeListener, limits: ParseLimits): void {
  rejectExcess(source, limits)
  const json = listener.whole === undefined || mayLoseQuotes(source.text) ? undefined : tomlJson(source, limits)
  if (json !== undefined) listener.whole?.(json)
  else if (tellToml(source, listener, limits).length === 0) throw emptyFile(source.file)
}

/** @returns the JSON text of the tree; `undefined` where it has to be told, for its places or a refusal */
function tomlJson({ text, file }: SourceText, limits: ParseLimits): string | undefined {
  const inParts = hasFewerValues(text, limits.maxKeys)
    ? jsonByParts(text, (part) => wholeToml(part, limits) ?? toldPart({ text: part, file }, limits))
    : undefined
  if (inParts !== undefined) return inParts
  const whole = wholeToml(text, limits)
  return whole && whole.keys.length > 0 ? whole.json : undefined
}

/** A refusal has its place in the part; it is told again, of the whole. */
function toldPart(source: SourceText, limits: ParseLimits): PartJson | undefined {
  const json = createJsonText(source, limits)
  try {
    const keys = tellToml(source, json, limits)
    return { json: json.bytes().toString(), keys }
  } catch (error) {
    if (error instanceof VarTrackError) return undefined
    throw error
  }
}

/** @returns the keys at the top */
function tellToml(source: SourceText, listener: TreeListener, limits: ParseLimits): readonly string[] {
  const tree = parseToml(source, limits)
  const needsMarks = listener.wantsOffsets || mayLoseQuotes(source.text) || !survey(tree, limits).exact
  const marks = needsMarks ? scanToml(source.text) : undefined
  if (marks?.noDate !== undefined) throw refuse(source, marks.noDate, NO_DATE)
  tell(tree, marks?.root, listener)
  return Object.keys(tree)
}

function parseToml(source: SourceText, limits: ParseLimits): TomlTable {
  try {
    return parse(source.text, { integersAsBigInt: true, maxDepth: limits.maxDepth })
  } catch (error) {
    if (error instanceof TomlError) throw tomlError(source, error, limits)
    throw error
  }
}

function tomlError(source: SourceText, error: TomlError, limits: ParseLimits) {
  const offset = offsetOf(source.text, error.line, error.column)
  const what = (error.message.split('\n', 1)[0] ?? '').replace('Invalid TOML document: ', '')
  if (what.includes('excessively nested')) return refuse(source, offset, tooDeep(limits))
  if (!what.includes('redefine')) return notValid(source, offset, what)
  const key = /^[^=\]\r\n]*/.exec(source.text.slice(offset))?.[0].trim() ?? ''
  return duplicateKey(source, key, offset, firstGiven(source.text, offset) ?? -1)
}

/** Of what never ends the library tells where it begins, or where the line or the file ends in which it misses the end. */
function notValid(source: SourceText, offset: number, what: string) {
  const unclosed = unclosedBefore(source.text, /^(?:unfinished (?:string|array|table)|incomplete key)/.test(what) ? source.text.length : offset)
  if (unclosed !== undefined) return refuse(source, unclosed.at, unclosed.refusal)
  return refuse(source, offset, { code: 'format.syntax', message: `The TOML is not valid: ${what}.`, remedy: 'Correct the file at this place.' })
}

function offsetOf(text: string, line: number, column: number): number {
  let at = 0
  for (let passed = 1; passed < line; passed += 1) at = text.indexOf('\n', at) + 1
  return at + column - 1
}

function tell(value: TomlValue, mark: TomlMark | undefined, listener: TreeListener): void {
  const at = mark?.at ?? -1
  if (typeof value !== 'object' || value instanceof Date) return listener.scalar(scalarJson(value, mark?.literal ?? ''), at)
  if (Array.isArray(value)) {
    listener.beginList(at)
    for (const [index, item] of value.entries()) tell(item, mark?.items[index], listener)
  } else {
    listener.beginMap(at)
    for (const [key, item] of Object.entries(value)) {
      const inner = mark?.entries.get(key)
      listener.key(key, inner?.at ?? -1)
      tell(item, inner, listener)
    }
  }
  listener.end()
}

const NO_DATE: Refusal = {
  code: 'format.syntax',
  message: 'This is no date or time, or its month has no such day.',
  remedy: 'Write it as in 2024-02-29, 07:32:00 or 2024-02-29T07:32:00Z, or as a text in quotes.',
}

function scalarJson(value: string | number | bigint | boolean | Date, literal: string): string {
  if (value instanceof Date) return JSON.stringify(literal)
  if (typeof value === 'number') return Number.isFinite(value) || /[0-9]/.test(literal) ? decimalText(literal) : JSON.stringify(literal)
  if (typeof value === 'bigint') return value === 0n && literal.startsWith('-') ? '-0' : value.toString()
  return JSON.stringify(typeof value === 'string' ? value + literal : value)
}
