import type { TreeListener } from './contract.js'
import { rewritten } from './rewritten.js'
import { emptyFile, type Refusal, refuse, type SourceText } from './source-text.js'
import { endOf, endOfAll } from './sticky.js'

/** Blanks and comments between assignments. */
const VOID = /[ \t\v\f\n]+|#[^\n]*/y
/** To docker `export` before a blank is never a name, and to npm a name ends right before its colon. */
const KEY = /((?:export[ \t]+)?)((?!export[ \t])[\w.-]+)(?:[ \t]*=|:(?=[ \t\n]|$))[ \t\v\f]*/y
const UNQUOTED = /[^\n]*/y
const IN_DOUBLE = /[^"\\]*/y
const IN_SINGLE = /[^'\\]*/y
const REST_OF_LINE = /[ \t\v\f]*(?:#[^\n]*)?(?=\n|$)/y
/** What dotenv starts a comment with; to docker only a space does. */
const COMMENT = /[\s\p{Cc}]#/u
/** Blanks other than those that everyone takes off. */
const ODD_BLANK = /^[\s\p{Cc}]|[\s\p{Cc}]$/u

const ESCAPE = /\\([^])/g
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

const AMBIGUOUS: Readonly<Record<string, string>> = {
  $: '`\\$` means `$` to docker and `\\$` to dotenv.',
  "'": "`\\'` means `'` to Python's dotenv and `\\'` to docker.",
  0: '`\\0` begins an octal number to docker and is text to dotenv.',
}

interface Assignment {
  readonly value: string
  /** Offset after the value. */
  readonly end: number
}

/**
 * Reads a .env file as Python's dotenv and docker compose agree: `export`, single and double quotes over several lines, comments at line starts and after a blank,
 * escapes in double quotes; nothing is expanded. Every value is a string.
 * @throws VarTrackError `format.*` with the place
 */
export function readEnv(source: SourceText, listener: TreeListener): void {
  const loneReturn = source.text.indexOf('\r')
  if (loneReturn >= 0) throw refuse(source, loneReturn, LONE_CR)
  let at = endOfAll(VOID, source.text, 0)
  if (at === source.text.length) throw emptyFile(source.file)
  listener.beginMap(at)
  while (at < source.text.length) {
    KEY.lastIndex = at
    const match = KEY.exec(source.text)
    if (match === null) throw notAnAssignment(source, at)
    const [, prefix = '', key = ''] = match
    listener.key(key, at + prefix.length)
    const { value, end } = readValue(source, KEY.lastIndex)
    listener.scalar(JSON.stringify(value), KEY.lastIndex)
    at = endOfAll(VOID, source.text, end)
  }
  listener.end()
}

function readValue(source: SourceText, at: number): Assignment {
  const quote = source.text[at]
  if (quote === "'") return readQuoted(source, at, (text) => unescapeSingle(source, at + 1, text))
  if (quote === '"') return readQuoted(source, at, (text, close) => unescapeDouble(source, at + 1, text, close))
  if (quote === '`') throw ambiguous(source, at, 'A value in backticks means different things to dotenv and docker.')
  return readUnquoted(source, at)
}

function readUnquoted(source: SourceText, at: number): Assignment {
  UNQUOTED.lastIndex = at
  const line = UNQUOTED.exec(source.text)?.[0] ?? ''
  if (line.startsWith('#') && isBlank(source.text[at - 1])) throw refuse(source, at, COMMENT_OR_VALUE)
  const comment = line.search(COMMENT)
  if (comment >= 0 && line[comment] !== ' ') throw refuse(source, at + comment, ODD_COMMENT)
  const value = withoutBlanksBehind(comment < 0 ? line : line.slice(0, comment))
  const odd = value.search(ODD_BLANK)
  if (odd >= 0) throw refuse(source, at + odd, INVISIBLE)
  return { value, end: at + line.length }
}

/** A loop: a regular expression would look at every blank of a run again from each of its blanks. */
function withoutBlanksBehind(text: string): string {
  let end = text.length
  while (isBlank(text[end - 1])) end -= 1
  return text.slice(0, end)
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\v' || character === '\f'
}

function readQuoted(source: SourceText, at: number, decode: (text: string, close: number) => string): Assignment {
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
  return { value: decode(source.text.slice(at + 1, close), close), end: REST_OF_LINE.lastIndex }
}

/** The offset of the quote that closes the one at `open`; a backslash takes the next character with it. */
function closingQuote(text: string, open: number): number {
  const plain = text[open] === '"' ? IN_DOUBLE : IN_SINGLE
  for (let at = endOf(plain, text, open + 1); at < text.length; at = endOf(plain, text, at + 2)) if (text[at] !== '\\') return at
  return -1
}

function unescapeSingle(source: SourceText, start: number, text: string): string {
  const backslashes = text.indexOf('\\\\')
  if (backslashes >= 0) throw refuse(source, start + backslashes, TWO_BACKSLASHES)
  return text.replaceAll("\\'", "'")
}

/** To Python's dotenv a quote behind backslashes, be they even or odd in number, closes nothing when another quote follows in the file. */
function unescapeDouble(source: SourceText, start: number, text: string, close: number): string {
  if (!text.includes('\\')) return text
  if (text.endsWith('\\') && source.text.includes('"', close + 1)) throw refuse(source, close - 1, BACKSLASH_BEFORE_QUOTE)
  return rewritten(text, ESCAPE, ({ 0: whole, 1: character = '', index }) => {
    const meanings = AMBIGUOUS[character]
    if (meanings !== undefined) throw ambiguous(source, start + index, meanings)
    return ESCAPES[character] ?? whole
  })
}

function notAnAssignment(source: SourceText, at: number) {
  const line = source.text.slice(at).split(/[\r\n]/, 1)[0] ?? ''
  const exported = /^export[ \t]+([\w.-]+)[ \t]*$/.exec(line)?.[1]
  if (exported !== undefined) return refuse(source, at, exportedAlone(exported))
  return refuse(source, at, line.includes('=') ? BAD_NAME : NO_EQUALS)
}

function exportedAlone(name: string): Refusal {
  return {
    code: 'format.syntax',
    message: `The variable ${name} has no value.`,
    remedy: 'Write `NAME=` for an empty value: taking it from the environment is not possible here.',
  }
}

function ambiguous(source: SourceText, at: number, message: string) {
  return refuse(source, at, { code: 'format.syntax', message, remedy: 'Put the value in single quotes, where everything stands for itself.' })
}

const BAD_NAME: Refusal = {
  code: 'format.syntax',
  message: 'The line is no assignment.',
  remedy: 'Write NAME=value, with letters, digits, `_`, `.` and `-` in the name.',
}
/** Without the line: it may be one of a secret that goes on over several. */
const NO_EQUALS: Refusal = {
  code: 'format.syntax',
  message: 'The line is no assignment: it has no `=`.',
  remedy: 'Put a value of several lines in quotes, and write `NAME=` for an empty value.',
}
const LONE_CR: Refusal = {
  code: 'format.syntax',
  message: 'A carriage return stands alone: dotenv takes it for the end of a line, docker for text.',
  remedy: 'Save the file with LF or CRLF line ends.',
}
const ODD_COMMENT: Refusal = {
  code: 'format.syntax',
  message: 'Dotenv starts a comment here, docker does so only behind a space.',
  remedy: 'Put a space before the `#`, or the value in quotes.',
}
const COMMENT_OR_VALUE: Refusal = {
  code: 'format.syntax',
  message: "Behind `=` and a blank, npm's dotenv takes this for a comment, Python's dotenv and docker for the value.",
  remedy: 'Put a value in quotes, and a comment on a line of its own.',
}
const BACKSLASH_BEFORE_QUOTE: Refusal = {
  code: 'format.syntax',
  message: "Python's dotenv does not close the value at a quote behind a backslash, docker does.",
  remedy: 'Write the value without quotes or in single quotes, with one backslash for two.',
}
const INVISIBLE: Refusal = {
  code: 'format.syntax',
  message: 'The value starts or ends with an invisible character, which only some programs take off.',
  remedy: 'Remove it, or put the value in quotes.',
}
const TWO_BACKSLASHES: Refusal = {
  code: 'format.syntax',
  message: "Two backslashes in single quotes are one to Python's dotenv and two to docker.",
  remedy: 'Write the value without quotes, where backslashes stand for themselves.',
}
