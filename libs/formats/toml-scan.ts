import { parse } from 'smol-toml'

/** Where a value of a TOML file was given (its key; for a list item itself) and how it was written. */
export interface TomlMark {
  readonly at: number
  /** The digits of a number, the text of a date; '' for all else. */
  literal: string
  readonly entries: Map<string, TomlMark>
  readonly items: TomlMark[]
}

const VOID = /(?:[ \t\r\n]+|#[^\n]*)*/y
const BLANKS = /[ \t]*/y
const BARE_KEY = /[A-Za-z0-9_-]+/y
const STRING = /"""[^"\\]*(?:(?:\\[^]|"(?!""))[^"\\]*)*""""{0,2}|'''[^']*(?:'(?!'')[^']*)*''''{0,2}|"[^"\\]*(?:\\[^][^"\\]*)*"|'[^']*'/y
const BARE_VALUE = /[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[^\s,\]}#]*|[^\s,\]}#]+/y

interface Cursor {
  readonly text: string
  at: number
  /** The table that the next key belongs to. */
  table: TomlMark
}

interface KeyPart {
  readonly name: string
  readonly at: number
}

/**
 * Finds the places and literals of a TOML text that is known to be valid: nothing is checked here.
 * @returns the root table
 */
export function scanToml(text: string): TomlMark {
  const root = newMark(0)
  scan({ text, at: 0, table: root }, root)
  return root
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
  const cursor: Cursor = { text: statements, at: 0, table: root }
  scan(cursor, root)
  let mark: TomlMark | undefined = statements === before ? cursor.table : root
  let first: number | undefined
  for (const { name } of readKey({ text, at: again, table: root })) {
    mark = (mark.items.at(-1) ?? mark).entries.get(name)
    if (mark === undefined) break
    first = mark.at
  }
  return first
}

function scan(cursor: Cursor, root: TomlMark): void {
  for (take(cursor, VOID); cursor.at < cursor.text.length; take(cursor, VOID)) {
    if (cursor.text[cursor.at] === '[') cursor.table = readHeader(cursor, root)
    else readAssignment(cursor, cursor.table)
  }
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
  take(cursor, VOID)
  const first = cursor.text[cursor.at]
  if (first === '"' || first === "'") take(cursor, STRING)
  else if (first === '[') readItems(cursor, mark)
  else if (first === '{') readInlineTable(cursor, mark)
  else mark.literal = take(cursor, BARE_VALUE)
}

function readItems(cursor: Cursor, mark: TomlMark): void {
  cursor.at += 1
  for (take(cursor, VOID); cursor.text[cursor.at] !== ']' && cursor.at < cursor.text.length; skipComma(cursor)) {
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
  for (take(cursor, VOID); cursor.text[cursor.at] !== '}' && cursor.at < cursor.text.length; skipComma(cursor)) readAssignment(cursor, mark)
  if (cursor.at < cursor.text.length) cursor.table = outer
  cursor.at += 1
}

function skipComma(cursor: Cursor): void {
  take(cursor, VOID)
  if (cursor.text[cursor.at] === ',') cursor.at += 1
  take(cursor, VOID)
}
