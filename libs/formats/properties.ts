import type { TreeListener } from './contract.js'
import { rewritten } from './rewritten.js'
import { emptyFile, type Refusal, refuse, type SourceText } from './source-text.js'
import { endOf, endOfAll } from './sticky.js'

/** Blank lines and comment lines, with what stands before the next key; a backslash that continues nothing is blank, too, but for the last one. */
const VOID = /[ \t\f\r\n]+|[#!][^\r\n]*|\\[\r\n](?=[^])/y
const LAST_BACKSLASH = /\\[\r\n]?$/y
const PLAIN_KEY = /[^\\=: \t\f\r\n]*/y
const PLAIN_VALUE = /[^\\\r\n]*/y
const PLAIN_BLANKS = /[ \t\f]*/y
/** A backslash takes the next character with it; before a line break, also the blanks that start the next line. */
const ESCAPED = /\\(?:\r\n[ \t\f]*|[\r\n][ \t\f]*|[^\r\n]|$)/y
const CONTINUED = /\\(?:\r\n|[\r\n])[ \t\f]*/y

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(\r\n?[ \t\f]*|\n[ \t\f]*|$)|([^]))/g
const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

/**
 * Reads a .properties file as `java.util.Properties` does, from UTF-8: `=`, `:` or a blank after the key, `#` and `!` comments, continued lines, `\uXXXX`.
 * A key is kept whole, dots and all; every value is a string.
 * @throws VarTrackError `format.*` with the place
 */
export function readProperties(source: SourceText, listener: TreeListener): void {
  const { text } = source
  let at = endOfAll(VOID, text, 0)
  if (at === text.length) throw emptyFile(source.file)
  listener.beginMap(at)
  while (at < text.length) at = endOfAll(VOID, text, tellPlainLine(text, at, listener) ?? tellLine(source, at, listener))
  listener.end()
}

/** A line without a backslash, with a separator: nearly all are. */
const PLAIN_LINE = /([^\\=: \t\f\r\n]+)([ \t\f]*[=:][ \t\f]*)([^\\\r\n]*)(?=[\r\n]|$)/y

/** @returns where the line ends; `undefined` when it is another */
function tellPlainLine(text: string, at: number, listener: TreeListener): number | undefined {
  PLAIN_LINE.lastIndex = at
  const line = PLAIN_LINE.exec(text)
  if (line === null) return undefined
  const [, key = '', separator = '', value = ''] = line
  listener.key(key, at)
  listener.scalar(JSON.stringify(value), at + key.length + separator.length)
  return PLAIN_LINE.lastIndex
}

function tellLine(source: SourceText, at: number, listener: TreeListener): number {
  const { text } = source
  if (endOf(LAST_BACKSLASH, text, at) > at) throw refuse(source, at, CONTINUES_NOTHING)
  const keyEnd = endOfRun(PLAIN_KEY, ESCAPED, text, at)
  const valueStart = endOfSeparator(text, keyEnd)
  const end = endOfRun(PLAIN_VALUE, ESCAPED, text, valueStart)
  listener.key(decode(source, at, keyEnd), at)
  listener.scalar(JSON.stringify(decode(source, valueStart, end)), valueStart)
  return end
}

/** A run of plain characters with escapes between them; a loop, because a long repeated group exhausts the stack of the regular expression. */
function endOfRun(plain: RegExp, escape: RegExp, text: string, start: number): number {
  for (let at = start; ; ) {
    const plainEnd = endOf(plain, text, at)
    at = endOf(escape, text, plainEnd)
    if (at === plainEnd) return at
  }
}

/** Blanks, at most one `=` or `:`, blanks; a continued line may lie between. */
function endOfSeparator(text: string, start: number): number {
  const at = endOfRun(PLAIN_BLANKS, CONTINUED, text, start)
  return text[at] === '=' || text[at] === ':' ? endOfRun(PLAIN_BLANKS, CONTINUED, text, at + 1) : at
}

function decode(source: SourceText, start: number, end: number): string {
  const raw = source.text.slice(start, end)
  if (!raw.includes('\\')) return raw
  return rewritten(raw, ESCAPE, ({ 1: code, 2: lineBreak, 3: character = '', index }) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16))
    if (lineBreak !== undefined) return ''
    if (character === 'u') throw badEscape(source, start + index)
    return ESCAPES[character] ?? character
  })
}

function badEscape(source: SourceText, at: number) {
  return refuse(source, at, {
    code: 'format.syntax',
    message: '`\\u` is not followed by four hexadecimal digits.',
    remedy: 'Write four digits, or `\\\\u` for a backslash and a `u` (as in a Windows path).',
  })
}

const CONTINUES_NOTHING: Refusal = {
  code: 'format.syntax',
  message: 'The file ends with a backslash that continues nothing: Java makes an empty key of it, or none, by the kind of line end.',
  remedy: 'Remove the backslash.',
}
