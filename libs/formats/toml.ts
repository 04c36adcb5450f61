import { parse, TomlError, type TomlValueWithoutBigInt } from 'smol-toml'
import type { ParseLimits, TreeListener } from './contract.js'
import { tooDeep } from './json-text.js'
import { decimalText } from './number-text.js'
import { emptyFile, refuse, type SourceText } from './source-text.js'
import { scanToml, type TomlMark } from './toml-scan.js'

type TomlValue = TomlValueWithoutBigInt | bigint | TomlTable | TomlValue[]
interface TomlTable {
  [key: string]: TomlValue
}

/**
 * Reads TOML 1.0. Dates and times, infinity and not-a-number are their text; numbers keep their digits, but for `_`, `+` and other bases than ten.
 * The library checks and builds; where its values have lost what was written, or a place is wanted, the text is scanned once more.
 * @throws VarTrackError `format.*` with the place
 */
export function readToml(source: SourceText, listener: TreeListener, limits: ParseLimits): void {
  const tree = parseToml(source, limits)
  if (Object.keys(tree).length === 0) throw emptyFile(source.file)
  const marks = listener.wantsOffsets || isLossy(tree, limits) ? scanToml(source.text) : undefined
  tell(tree, marks, listener, source)
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
  if (!what.includes('redefine')) {
    return refuse(source, offset, { code: 'format.syntax', message: `The TOML is not valid: ${what}.`, remedy: 'Correct the file at this place.' })
  }
  const key = /^[^=\]\r\n]*/.exec(source.text.slice(offset))?.[0].trim()
  return refuse(source, offset, {
    code: 'format.duplicate_key',
    message: `The key or table ${JSON.stringify(key)} was already given.`,
    remedy: 'Keep one of them.',
  })
}

function offsetOf(text: string, line: number, column: number): number {
  let at = 0
  for (let passed = 1; passed < line; passed += 1) at = text.indexOf('\n', at) + 1
  return at + column - 1
}

/** Whether the library's values do not say what was written (floats, dates, -0), or something will be refused and needs its place. */
function isLossy(tree: TomlTable, limits: ParseLimits): boolean {
  let values = 0
  const lossy = (value: TomlValue, depth: number): boolean => {
    if (typeof value !== 'object') {
      values += 1
      return typeof value === 'number' || value === 0n || values > limits.maxKeys
    }
    if (value instanceof Date || depth >= limits.maxDepth) return true
    if (Array.isArray(value)) return value.some((item) => lossy(item, depth + 1))
    return Object.entries(value).some(([key, item]) => key === '__proto__' || lossy(item, depth + 1))
  }
  return lossy(tree, 0)
}

function tell(value: TomlValue, mark: TomlMark | undefined, listener: TreeListener, source: SourceText): void {
  const at = mark?.at ?? -1
  if (value instanceof Date && !isOnCalendar(mark?.literal ?? '')) throw noSuchDay(source, at)
  if (typeof value !== 'object' || value instanceof Date) return listener.scalar(scalarJson(value, mark?.literal ?? ''), at)
  if (Array.isArray(value)) {
    listener.beginList(at)
    for (const [index, item] of value.entries()) tell(item, mark?.items[index], listener, source)
  } else {
    listener.beginMap(at)
    for (const [key, item] of Object.entries(value)) {
      const inner = mark?.entries.get(key)
      listener.key(key, inner?.at ?? -1)
      tell(item, inner, listener, source)
    }
  }
  listener.end()
}

/** The library lets the 30th of February pass, as JavaScript's own dates do. */
function isOnCalendar(literal: string): boolean {
  const [, year, month, day] = /^([0-9]{4})-([0-9]{2})-([0-9]{2})/.exec(literal) ?? []
  if (day === undefined) return true
  const date = new Date(`${year}-${month}-01T00:00:00Z`)
  date.setUTCDate(Number(day))
  return date.getUTCMonth() + 1 === Number(month)
}

function noSuchDay(source: SourceText, at: number) {
  return refuse(source, at, { code: 'format.syntax', message: 'The month of this date has no such day.', remedy: 'Correct the date.' })
}

function scalarJson(value: string | number | bigint | boolean | Date, literal: string): string {
  if (value instanceof Date) return JSON.stringify(literal)
  if (typeof value === 'number') return Number.isFinite(value) || /[0-9]/.test(literal) ? decimalText(literal) : JSON.stringify(literal)
  if (typeof value === 'bigint') return value === 0n && literal.startsWith('-') ? '-0' : value.toString()
  return JSON.stringify(value)
}
