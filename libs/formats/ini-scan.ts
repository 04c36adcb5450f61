import { duplicateKey } from './json-text.js'
import { type Refusal, refuse, type SourceText } from './source-text.js'

export interface IniEntry {
  readonly key: string
  readonly value: string
  readonly at: number
  readonly valueAt: number
}

/** The lines of one section; the lines before the first header have the name ''. */
export interface IniSectionLines {
  readonly name: string
  readonly at: number
  readonly entries: IniEntry[]
}

const LINE = /([^\r\n]*)(\r\n|\n|\r|$)/y
const BLANK_OR_COMMENT = /^[ \t]*(?:[#;].*)?$/
const HEADER = /^[ \t]*\[([^\]]*)\][ \t]*(?:[#;].*)?$/

interface Scan {
  readonly source: SourceText
  readonly sections: IniSectionLines[]
  /** Section names in lower case (git ignores case), with their offsets. */
  readonly names: Map<string, number>
  /** Keys of the section in lower case (both ignore case), with their offsets. */
  keys: Map<string, number>
  /** Indent of the last assignment: configparser takes a deeper line for its continuation. */
  indent: number | undefined
}

/**
 * The sections and assignments of an INI file, each with its place. Whatever Python's configparser and git read in different ways is refused.
 * @throws VarTrackError `format.syntax`, `format.duplicate_key` with the place
 */
export function scanIni(source: SourceText): IniSectionLines[] {
  const scan: Scan = { source, sections: [{ name: '', at: 0, entries: [] }], names: new Map(), keys: new Map(), indent: undefined }
  for (let at = 0; at < source.text.length; ) {
    LINE.lastIndex = at
    const [whole = '', line = '', lineBreak = ''] = LINE.exec(source.text) ?? []
    if (lineBreak === '\r') throw refuse(source, at + line.length, LONE_CR)
    if (!BLANK_OR_COMMENT.test(line)) scanLine(scan, line, at)
    at += whole.length
  }
  return scan.sections
}

function scanLine(scan: Scan, line: string, at: number): void {
  const indent = line.search(/[^ \t]/)
  if (scan.indent !== undefined && indent > scan.indent) throw refuse(scan.source, at + indent, CONTINUATION)
  const header = line[indent] === '['
  if (header) scanHeader(scan, line, at + indent)
  else scanAssignment(scan, line, at)
  scan.indent = header ? undefined : indent
}

function scanHeader(scan: Scan, line: string, at: number): void {
  const name = HEADER.exec(line)?.[1]
  if (name === undefined) throw refuse(scan.source, at, BAD_HEADER)
  if (name === 'DEFAULT') throw refuse(scan.source, at, DEFAULT_SECTION)
  if (name !== name.trim() || /["\\#;[]/.test(name) || name.split('.').includes('')) throw refuse(scan.source, at, BAD_HEADER)
  const first = scan.names.get(name.toLowerCase())
  if (first !== undefined) throw duplicateKey(scan.source, name, at, first)
  scan.names.set(name.toLowerCase(), at)
  scan.keys = new Map()
  scan.sections.push({ name, at, entries: [] })
}

function scanAssignment(scan: Scan, line: string, at: number): void {
  const { source } = scan
  const equals = line.indexOf('=')
  const [keyStart, keyEnd] = withoutBlanks(line, 0, equals < 0 ? line.length : equals)
  const keyAt = at + keyStart
  if (equals < 0) throw refuse(source, keyAt, line.includes(':') ? COLON : NO_VALUE)
  const key = line.slice(keyStart, keyEnd)
  rejectKey(source, key, keyAt)
  const [valueStart, valueEnd] = withoutBlanks(line, equals + 1, line.length)
  const value = line.slice(valueStart, valueEnd)
  rejectValue(source, value, at + valueStart)
  const first = scan.keys.get(key.toLowerCase())
  if (first !== undefined) throw duplicateKey(source, key, keyAt, first)
  scan.keys.set(key.toLowerCase(), keyAt)
  scan.sections.at(-1)?.entries.push({ key, value, at: keyAt, valueAt: at + valueStart })
}

/** The bounds of a part of the line without the blanks around it. */
function withoutBlanks(line: string, from: number, to: number): [number, number] {
  let start = from
  let end = to
  while (start < end && isBlank(line[start])) start += 1
  while (end > start && isBlank(line[end - 1])) end -= 1
  return [start, end]
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}

function rejectKey(source: SourceText, key: string, at: number): void {
  if (key === '') throw refuse(source, at, NO_KEY)
  const bad = key.search(/[:"'\\#;[\]]/)
  if (key[bad] === ':') throw refuse(source, at + bad, COLON)
  if (bad >= 0 || key !== key.trim()) throw refuse(source, at + Math.max(bad, 0), BAD_KEY)
}

function rejectValue(source: SourceText, value: string, at: number): void {
  const comment = value.search(/(?<=^|[ \t])[#;]/)
  if (comment >= 0) throw refuse(source, at + comment, INLINE_COMMENT)
  const special = value.search(/["\\]/)
  if (special >= 0) throw refuse(source, at + special, QUOTE_OR_BACKSLASH)
  const control = value.search(/\p{Cc}/u)
  if (control >= 0 || value !== value.trim()) throw refuse(source, at + Math.max(control, 0), INVISIBLE)
}

function disagreement(message: string, remedy: string): Refusal {
  return { code: 'format.syntax', message, remedy }
}

const LONE_CR = disagreement(
  'A carriage return stands alone, which only some programs take for the end of a line.',
  'Save the file with LF or CRLF line ends.',
)
const CONTINUATION = disagreement(
  'The line is indented deeper than the one before: Python takes it for more of that value, git for a line of its own.',
  'Indent all lines of a section alike; for a value of several lines use another format.',
)
const BAD_HEADER = disagreement(
  'The section header is not one that Python and git read alike.',
  'Write `[name]` or `[outer.inner]` alone on its line, without quotes, backslashes or empty parts.',
)
const DEFAULT_SECTION = disagreement(
  'The section [DEFAULT] means the values of every section to Python, and a section like any other to git.',
  'Use `[default]` for the values of every environment, or write the values into each section.',
)
const NO_KEY = disagreement('There is no key before the `=`.', 'Write `key = value`.')
const NO_VALUE = disagreement('The line has no `=`: git takes it for true, Python refuses it.', 'Write `key = value`.')
const COLON = disagreement('Python ends the key at this colon, git refuses it.', 'Separate key and value with `=`, and leave colons out of keys.')
const BAD_KEY = disagreement('The key holds a quote, backslash, bracket or comment sign.', 'Use letters, digits, `_`, `.` and `-` in keys.')
const INLINE_COMMENT = disagreement('Git starts a comment here, Python takes it for part of the value.', 'Put the comment on a line of its own.')
const QUOTE_OR_BACKSLASH = disagreement(
  'Git gives quotes and backslashes a meaning, Python takes them for part of the value.',
  'Leave them out, or use another format for this value.',
)
const INVISIBLE = disagreement(
  'The value holds a tab or control character, or starts or ends with an invisible one.',
  'Remove it, or use another format for this value.',
)
