import type { ParseLimits } from './contract.js'
import { tooManyKeys } from './json-text.js'
import { type Refusal, refuse, type SourceText } from './source-text.js'
import { countOf } from './toml-lines.js'

/** A whole number of more digits takes the library seconds, in which nothing can stop it. */
const MAX_DIGITS = 100_000
/** The library remembers each apart until its text ends. */
const MAX_BACKSLASHES = 500_000
/** What matters outside of texts and comments: where they begin, and what stands between the items of a list. */
const MARK = /["'#,]/g
/** A line that gives a key a value. */
const KEY_LINE = /^[ \t]*[\w.-]+[ \t]*=/gm
/** A key and the digits of a whole number, or what it may begin with. */
const LONG_NUMBER_LINE = /^[ \t]*[\w.-]+[ \t]*=[ \t]*[+-]?(?:0[xob])?(?=[0-9A-Fa-f])/gm
const DIGITS = /[0-9A-Fa-f_]*/y

/**
 * Refuses what a cheap look shows to be too much for the library, which would make objects of all of it first.
 * @throws VarTrackError `limit.keys`, `limit.memory` with the place
 */
export function rejectExcess(source: SourceText, limits: ParseLimits): void {
  rejectManyLines(source, limits)
  rejectManyItems(source, limits)
  if (mayHoldLongNumber(source.text)) rejectLongNumbers(source)
  rejectManyBackslashes(source)
}

/** Far too many keys are refused before the library makes objects of them; text of several lines may hold what looks like one. */
function rejectManyLines(source: SourceText, limits: ParseLimits): void {
  const { text } = source
  if (text.length <= 2 * limits.maxKeys || countOf(text, '\n', limits.maxKeys) < limits.maxKeys) return
  if (text.includes('"""') || text.includes("'''")) return
  KEY_LINE.lastIndex = 0
  for (let lines = 0; KEY_LINE.test(text); lines += 1) if (lines >= limits.maxKeys) throw refuse(source, KEY_LINE.lastIndex - 1, tooManyKeys(limits))
}

/** A comma with an item behind it stands for the value before. */
function rejectManyItems(source: SourceText, limits: ParseLimits): void {
  const { text } = source
  if (text.length <= 2 * limits.maxKeys || countOf(text, ',', limits.maxKeys) < limits.maxKeys) return
  let items = 0
  for (let at = next(text, 0); at < text.length; at = next(text, endOfMark(text, at))) {
    if (text[at] === ',' && isItem(text, at + 1)) items += 1
    if (items >= limits.maxKeys) throw refuse(source, at, tooManyKeys(limits))
  }
}

function next(text: string, at: number): number {
  MARK.lastIndex = at
  return MARK.exec(text)?.index ?? text.length
}

/** A comma may also stand behind the last item. */
function isItem(text: string, from: number): boolean {
  let at = from
  while (at < text.length && /\s/.test(text[at] as string)) at += 1
  return text[at] !== ']' && text[at] !== '}' && text[at] !== '#'
}

/** Behind a comma, a comment, or a text in quotes. */
function endOfMark(text: string, at: number): number {
  const mark = text[at] as string
  if (mark === ',') return at + 1
  if (mark === '#') return orEnd(text, text.indexOf('\n', at))
  const close = text.startsWith(mark.repeat(3), at) ? mark.repeat(3) : mark
  for (let end = text.indexOf(close, at + close.length); end >= 0; end = text.indexOf(close, end + 1)) {
    if (mark === "'" || !isEscaped(text, end)) return close === mark ? end + 1 : endOfRun(text, mark, end)
  }
  return text.length
}

/** Quotes that end a text of several lines may stand before those that close it. */
function endOfRun(text: string, mark: string, from: number): number {
  let at = from
  while (text[at] === mark) at += 1
  return at
}

function orEnd(text: string, at: number): number {
  return at < 0 ? text.length : at
}

function isEscaped(text: string, at: number): boolean {
  let start = at
  while (text[start - 1] === '\\') start -= 1
  return (at - start) % 2 === 1
}

/** Digits of so many characters reach over one of these steps at least. */
function mayHoldLongNumber(text: string): boolean {
  const step = MAX_DIGITS / 2
  for (let at = 0; at + step < text.length; at += step) if (endOfDigits(text, at) - at >= step) return true
  return false
}

function endOfDigits(text: string, at: number): number {
  DIGITS.lastIndex = at
  DIGITS.test(text)
  return DIGITS.lastIndex
}

/** Text of several lines may hold what looks like a key. */
function rejectLongNumbers(source: SourceText): void {
  const { text } = source
  if (text.includes('"""') || text.includes("'''")) return
  for (const { 0: start, index } of text.matchAll(LONG_NUMBER_LINE)) {
    const at = index + start.length
    const end = endOfDigits(text, at)
    if (end - at > MAX_DIGITS && text[end] !== '.') throw refuse(source, at, TOO_LONG)
  }
}

function rejectManyBackslashes(source: SourceText): void {
  const { text } = source
  if (text.length <= MAX_BACKSLASHES || countOf(text, '\\', MAX_BACKSLASHES) < MAX_BACKSLASHES) return
  throw refuse(source, text.indexOf('\\'), TOO_MANY_BACKSLASHES)
}

const TOO_LONG: Refusal = {
  code: 'limit.memory',
  message: `A number has more than ${MAX_DIGITS} digits.`,
  remedy: 'Write it as a text in quotes.',
}
const TOO_MANY_BACKSLASHES: Refusal = {
  code: 'limit.memory',
  message: `The file holds ${MAX_BACKSLASHES} backslashes or more, the first of them here.`,
  remedy: 'Split the file, or write it as JSON, which needs far less memory.',
}
