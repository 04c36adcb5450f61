import type { ParseLimits } from './contract.js'
import { duplicateKey, tooManyKeys } from './json-text.js'
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

/** What a scan found. */
export interface IniLines {
  readonly sections: readonly IniSectionLines[]
  /** Nothing in the text has a meaning that depends on who reads it: what the lines say needs no second reader. */
  readonly plain: boolean
}

const HEADER = /^[ \t]*\[([^\]]*)\][ \t]*(?:[#;].*)?$/
/** What may be wrong with a key or value, or not plain; most have none of it. */
const SPECIAL_IN_KEY = /[^ !$-&(-9<>-Z^-~]/
const SPECIAL_IN_VALUE = /[^ !$-:<-[\]-~]|^'/

interface Scan {
  readonly source: SourceText
  readonly sections: IniSectionLines[]
  /** Section names in lower case (git ignores case), with their offsets. */
  readonly names: Map<string, number>
  /** Keys of the section in lower case (both ignore case), with their offsets. */
  keys: Map<string, number>
  /** Indent of the last assignment: configparser takes a deeper line for its continuation. */
  indent: number | undefined
  plain: boolean
  entries: number
  readonly maxKeys: number
}

/**
 * The sections and assignments of an INI file, each with its place. Whatever Python's configparser and git read in different ways is refused.
 * @throws VarTrackError `format.syntax`, `format.duplicate_key`, `limit.keys` with the place
 */
export function scanIni(source: SourceText, { maxKeys }: ParseLimits): IniLines {
  const { text } = source
  const sections: IniSectionLines[] = [{ name: '', at: 0, entries: [] }]
  const scan: Scan = {
    source,
    sections,
    names: new Map(),
    keys: new Map(),
    indent: undefined,
    plain: !text.includes('__proto__'),
    entries: 0,
    maxKeys,
  }
  const loneReturn = text.search(/\r(?!\n)/)
  for (let at = 0; at < text.length; ) {
    const lineFeed = text.indexOf('\n', at)
    const next = lineFeed < 0 ? text.length : lineFeed + 1
    const end = endOfLine(text, at, next)
    if (loneReturn >= at && loneReturn < next) throw refuse(source, loneReturn, LONE_CR)
    scanLine(scan, text.slice(at, end), at)
    at = next
  }
  return scan
}

/** Without the line break. */
function endOfLine(text: string, at: number, next: number): number {
  const end = text[next - 1] === '\n' ? next - 1 : next
  return end > at && text[end - 1] === '\r' ? end - 1 : end
}

function scanLine(scan: Scan, line: string, at: number): void {
  let indent = 0
  while (isBlank(line[indent])) indent += 1
  const first = line[indent]
  if (first === undefined || first === '#' || first === ';') return
  if (scan.indent !== undefined && indent > scan.indent) throw refuse(scan.source, at + indent, CONTINUATION)
  if (first === '[') scanHeader(scan, line, at + indent)
  else scanAssignment(scan, line, at)
  scan.indent = first === '[' ? undefined : indent
}

function scanHeader(scan: Scan, line: string, at: number): void {
  const name = HEADER.exec(line)?.[1]
  if (name === undefined) throw refuse(scan.source, at, BAD_HEADER)
  if (name === 'DEFAULT') throw refuse(scan.source, at, DEFAULT_SECTION)
  if (name !== name.trim() || /["\\#;[]/.test(name) || /^$|^\.|\.\.|\.$/.test(name)) throw refuse(scan.source, at, BAD_HEADER)
  if (/\p{Cc}/u.test(name)) throw refuse(scan.source, at, INVISIBLE_IN_NAME)
  if (line !== `[${name}]`) scan.plain = false
  const first = scan.names.get(name.toLowerCase())
  if (first !== undefined) throw givenTwice(scan, 'section', name, at, first)
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
  if (key === '' || SPECIAL_IN_KEY.test(key)) rejectKey(source, key, keyAt)
  const [valueStart, valueEnd] = withoutBlanks(line, equals + 1, line.length)
  const value = line.slice(valueStart, valueEnd)
  if (SPECIAL_IN_VALUE.test(value)) {
    rejectValue(source, value, at + valueStart)
    if (/[#;]|^'/.test(value)) scan.plain = false
  }
  const first = scan.keys.get(key.toLowerCase())
  if (first !== undefined) throw givenTwice(scan, 'key', key, keyAt, first)
  scan.keys.set(key.toLowerCase(), keyAt)
  scan.entries += 1
  if (scan.entries > scan.maxKeys) throw refuse(source, keyAt, tooManyKeys(scan))
  scan.sections.at(-1)?.entries.push({ key, value, at: keyAt, valueAt: at + valueStart })
}

function givenTwice({ source }: Scan, what: 'section' | 'key', name: string, at: number, first: number) {
  const isSame = source.text.startsWith(name, what === 'section' ? first + 1 : first)
  return duplicateKey(source, name, at, first, { what, hint: isSame ? '' : ` Case does not tell ${what}s apart.` })
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
  if (bad >= 0) throw refuse(source, at + bad, BAD_KEY)
  const control = key.search(/\p{Cc}/u)
  if (control >= 0 || key !== key.trim()) throw refuse(source, at + Math.max(control, 0), INVISIBLE_IN_NAME)
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
const INVISIBLE_IN_NAME = disagreement(
  'The name holds a control character, or starts or ends with an invisible one, which Python takes off.',
  'Remove it.',
)
const INVISIBLE = disagreement(
  'The value holds a tab or control character, or starts or ends with an invisible one.',
  'Remove it, or use another format for this value.',
)
