import type { TreeListener } from './contract.js'
import { emptyFile, refuse, type SourceText } from './source-text.js'

/** Blanks and comments between assignments. */
const VOID = /(?:[ \t\v\f\r\n]+|#[^\r\n]*)+/y
const KEY = /((?:export[ \t]+)?)([\w.-]+)[ \t]*(?:=|:(?=[ \t\r\n]|$))[ \t]*/y
const UNQUOTED = /[^\r\n]*/y
const REST_OF_LINE = /[ \t]*(?:#[^\r\n]*)?(?=[\r\n]|$)/y

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
}

interface Assignment {
  readonly value: string
  /** Offset after the value. */
  readonly end: number
}

/**
 * Reads a .env file as dotenv and docker agree: `export`, single and double quotes over several lines, comments at line starts and after a blank, escapes in double
 * quotes; nothing is expanded. Every value is a string.
 * @throws VarTrackError `format.*` with the place
 */
export function readEnv(source: SourceText, listener: TreeListener): void {
  let at = skip(VOID, source.text, 0)
  if (at === source.text.length) throw emptyFile(source.file)
  listener.beginMap(at)
  while (at < source.text.length) {
    KEY.lastIndex = at
    const match = KEY.exec(source.text)
    if (match === null) throw notAnAssignment(source, at)
    const [, prefix = '', key = ''] = match
    listener.key(key, at + prefix.length)
    const { value, end } = readValue(source, KEY.lastIndex)
    listener.scalar(JSON.stringify(value.replace(/\r\n?/g, '\n')), KEY.lastIndex)
    at = skip(VOID, source.text, end)
  }
  listener.end()
}

function readValue(source: SourceText, at: number): Assignment {
  const quote = source.text[at]
  if (quote === "'") return readQuoted(source, at, (text) => text.replaceAll("\\'", "'"))
  if (quote === '"') return readQuoted(source, at, (text) => unescape(source, at + 1, text))
  if (quote === '`') throw ambiguous(source, at, 'A value in backticks means different things to dotenv and docker.')
  UNQUOTED.lastIndex = at
  const line = UNQUOTED.exec(source.text)?.[0] ?? ''
  const blankBefore = /[ \t]$/.test(source.text.slice(Math.max(0, at - 1), at))
  const comment = blankBefore && line.startsWith('#') ? 0 : line.search(/[ \t]#/)
  return { value: (comment < 0 ? line : line.slice(0, comment)).trimEnd(), end: at + line.length }
}

function readQuoted(source: SourceText, at: number, decode: (text: string) => string): Assignment {
  const close = closingQuote(source.text, at)
  if (close < 0) {
    throw refuse(source, at, {
      code: 'format.syntax',
      message: 'The quote that starts here is never closed.',
      remedy: 'Close the quote, or put a value that holds quotes in the other kind.',
    })
  }
  REST_OF_LINE.lastIndex = close + 1
  if (!REST_OF_LINE.test(source.text)) {
    throw refuse(source, close + 1, {
      code: 'format.syntax',
      message: 'There is text after the closing quote.',
      remedy: 'Put the whole value in quotes.',
    })
  }
  return { value: decode(source.text.slice(at + 1, close)), end: REST_OF_LINE.lastIndex }
}

/** The offset of the quote that closes the one at `open`; a backslash takes the next character with it. */
function closingQuote(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === text[open]) return at
  }
  return -1
}

function unescape(source: SourceText, start: number, text: string): string {
  return text.replace(/\\([^])/g, (whole, character: string, offset: number) => {
    if (character === '$') throw ambiguous(source, start + offset, '`\\$` means `$` to docker and `\\$` to dotenv.')
    return ESCAPES[character] ?? whole
  })
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

function notAnAssignment(source: SourceText, at: number) {
  const line = source.text.slice(at).split(/[\r\n]/, 1)[0] ?? ''
  const withoutValue = /^(?:export[ \t]+)?[\w.-]+[ \t]*$/.test(line)
  return refuse(source, at, {
    code: 'format.syntax',
    message: withoutValue ? `The variable ${line.trim()} has no value.` : 'The line is no assignment.',
    remedy: withoutValue
      ? 'Write `NAME=` for an empty value: taking it from the environment is not possible here.'
      : 'Write NAME=value, with letters, digits, `_`, `.` and `-` in the name.',
  })
}

function ambiguous(source: SourceText, at: number, message: string) {
  return refuse(source, at, { code: 'format.syntax', message, remedy: 'Put the value in single quotes, where everything stands for itself.' })
}
