import { parse } from 'smol-toml'
import { endOfAll } from './sticky.js'
import { isNoDate } from './toml-dates.js'

/** Where a value of a TOML file was given (its key; for a list item itself) and how it was written. */
export interface TomlMark {
  readonly at: number
  /** The digits of a number, the text of a date, the quotes that the library lost at the end of a text; '' for all else. */
  literal: string
  readonly entries: Map<string, TomlMark>
  readonly items: TomlMark[]
}

const VOID = /[ \t\r\n]+|#[^\n]*/y
const BLANKS = /[ \t]*/y
const BARE_KEY = /[A-Za-z0-9_-]+/y
const STRING = /"""[^"\\]*(?:(?:\\[^]|"(?!""))[^"\\]*)*""""{0,2}|'''[^']*(?:'(?!'')[^']*)*''''{0,2}|"[^"\\]*(?:\\[^][^"\\]*)*"|'[^']*'/y
const BARE_VALUE = /[^\s,\]}#]{10} [0-9][^\s,\]}#]*|[^\s,\]}#]+/y
/** Where the library loses quotes, if it is in a text of several lines: at its end, right before the closing ones, where the lines before them end in a backslash. */
const LOST_QUOTES = /\\[ \t]*\n[ \t\n]*""""/

/** May the library have lost quotes of this TOML text? Then they are the literals of their marks. */
export function mayLoseQuotes(text: string): boolean {
  return LOST_QUOTES.test(text)
}

interface Cursor {
  readonly text: string
  at: number
  /** The table that the next key belongs to. */
  table: TomlMark
  /** Where the first value stands that the library takes for a date, and that is none: it may have read other values from here on, so this is the end. */
  noDate: number | undefined
}

/** What a scan found. */
export interface TomlMarks {
  readonly root: TomlMark
  /** Where the first value stands that is no date, though the library took it for one. */
  readonly noDate: number | undefined
}

interface KeyPart {
  readonly name: string
  readonly at: number
}

/** Finds the places and literals of a TOML text that the library finds valid: nothing but dates is checked here. */
export function scanToml(text: string): TomlMarks {
  const root = newMark(0)
  const cursor = newCursor(text, 0, root)
  scan(cursor, root)
  return { root, noDate: cursor.noDate }
}

/** The line of a header up to its key. */
const HEADER_START = /(?<=^|\n)[ \t]*\[\[?[ \t]*$/

/**
 * Where a key was given before that is given again, or what of its path was: for an error about the second.
 * @param again offset of the second; the text before it is valid
 */
export function firstGiven(text: string, again: number): number | undefined {
  const root = newMark(0)
  const before = text.slice(0, again)
  const statements = before.replace(HEADER_START, '')
  const cursor = newCursor(statements, 0, root)
  scan(cursor, root)
  let mark: TomlMark | undefined = statements === before ? cursor.table : root
  let first: number | undefined
  for (const { name } of readKey(newCursor(text, again, root))) {
    mark = (mark.items.at(-1) ?? mark).entries.get(name)
    if (mark === undefined) break
    first = mark.at
  }
  return first
}

function scan(cursor: Cursor, root: TomlMark): void {
  for (skipVoid(cursor); cursor.at < cursor.text.length; skipVoid(cursor)) {
    if (cursor.text[cursor.at] === '[') cursor.table = readHeader(cursor, root)
    else readAssignment(cursor, cursor.table)
  }
}

function newCursor(text: string, at: number, table: TomlMark): Cursor {
  return { text, at, table, noDate: undefined }
}

function newMark(at: number): TomlMark {
  return { at, literal: '', entries: new Map(), items: [] }
}

function take(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.text)?.[0] ?? ''
  cursor.at += found.length
  return found
}

function skipVoid(cursor: Cursor): void {
  cursor.at = endOfAll(VOID, cursor.text, cursor.at)
}

function readHeader(cursor: Cursor, root: TomlMark): TomlMark {
  const brackets = cursor.text.startsWith('[[', cursor.at) ? 2 : 1
  cursor.at += brackets
  const path = readKey(cursor)
  cursor.at += brackets
  const table = descend(root, path)
  if (brackets === 1) return table
  const item = newMark(path.at(-1)?.at ?? 0)
  table.items.push(item)
  return item
}

function readAssignment(cursor: Cursor, table: TomlMark): void {
  const mark = descend(table, readKey(cursor))
  cursor.at += 1
  readValue(cursor, mark)
}

/** The mark at the end of a dotted key, in the last table of every array of tables on the way. */
function descend(table: TomlMark, path: readonly KeyPart[]): TomlMark {
  let mark = table
  for (const { name, at } of path) {
    const parent = mark.items.at(-1) ?? mark
    mark = parent.entries.get(name) ?? newMark(at)
    parent.entries.set(name, mark)
  }
  return mark
}

/** A dotted key, up to what ends it (`=` or `]`). */
function readKey(cursor: Cursor): KeyPart[] {
  const parts: KeyPart[] = []
  for (;;) {
    take(cursor, BLANKS)
    const at = cursor.at
    const bare = take(cursor, BARE_KEY)
    parts.push({ name: bare || unquote(take(cursor, STRING)), at })
    take(cursor, BLANKS)
    if (cursor.text[cursor.at] !== '.') return parts
    cursor.at += 1
  }
}

function unquote(quoted: string): string {
  return quoted.includes('\\') ? (Object.keys(parse(`${quoted}=0`))[0] ?? '') : quoted.slice(1, -1)
}

function readValue(cursor: Cursor, mark: TomlMark): void {
  skipVoid(cursor)
  const first = cursor.text[cursor.at]
  if (first === '"' || first === "'") mark.literal = lostQuotes(take(cursor, STRING))
  else if (first === '[') readItems(cursor, mark)
  else if (first === '{') readInlineTable(cursor, mark)
  else readBareValue(cursor, mark)
}

/** What the library loses of a text in its quotes, '' of nearly all. */
function lostQuotes(quoted: string): string {
  const close = quoted.length - 3
  if (!quoted.startsWith('"""') || quoted[close - 1] !== '"') return ''
  let end = close
  while (end > 3 && quoted[end - 1] === '"') end -= 1
  let lineEnd = end
  while (isBlank(quoted[lineEnd - 1])) lineEnd -= 1
  let start = lineEnd
  while (quoted[start - 1] === '\\') start -= 1
  const isLineEscaped = (lineEnd - start) % 2 === 1 && quoted.slice(lineEnd, end).includes('\n')
  return isLineEscaped ? quoted.slice(end, close) : ''
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\n'
}

function readBareValue(cursor: Cursor, mark: TomlMark): void {
  const start = cursor.at
  mark.literal = take(cursor, BARE_VALUE)
  if (!isNoDate(mark.literal)) return
  cursor.noDate = start
  cursor.at = cursor.text.length
}

function readItems(cursor: Cursor, mark: TomlMark): void {
  cursor.at += 1
  for (skipVoid(cursor); cursor.text[cursor.at] !== ']' && cursor.at < cursor.text.length; skipComma(cursor)) {
    const item = newMark(cursor.at)
    mark.items.push(item)
    readValue(cursor, item)
  }
  cursor.at += 1
}

function readInlineTable(cursor: Cursor, mark: TomlMark): void {
  const outer = cursor.table
  cursor.table = mark
  cursor.at += 1
  for (skipVoid(cursor); cursor.text[cursor.at] !== '}' && cursor.at < cursor.text.length; skipComma(cursor)) readAssignment(cursor, mark)
  if (cursor.at < cursor.text.length) cursor.table = outer
  cursor.at += 1
}

function skipComma(cursor: Cursor): void {
  skipVoid(cursor)
  if (cursor.text[cursor.at] === ',') cursor.at += 1
  skipVoid(cursor)
}
