import type { Document, YAMLParseError } from 'yaml'
import { type Refusal, refuse, type SourceText } from './source-text.js'
import { endOf, endOfAll } from './sticky.js'

/**
 * The refusal of what the library finds wrong.
 * @param unclosed where the last bracket stands that is never closed
 */
export function syntaxError(source: SourceText, error: Pick<YAMLParseError, 'pos' | 'code' | 'message'>, unclosed: number | undefined) {
  if (error.code === 'MULTIPLE_DOCS') return secondDocument(source, undefined, error.pos[0])
  const at = error.code === 'BAD_INDENT' ? nextContent(source.text, error.pos[0]) : error.pos[0]
  const deeper = error.message.startsWith('Nested mappings') ? lineOfColon(source.text, at) : undefined
  if (deeper !== undefined) return refuse(source, deeper, TOO_DEEP_A_LINE)
  const lacksBracket = / end with a [\]}]$/.test(error.message)
  if (lacksBracket && unclosed !== undefined && nextContent(source.text, at) === source.text.length) return refuse(source, unclosed, UNCLOSED_BRACKET)
  return refuse(source, at, {
    code: 'format.syntax',
    message: `The YAML is not valid: ${withoutPieces(error.message)}.`,
    remedy: lacksBracket ? CLOSE_OR_INDENT : error.message.startsWith('Implicit') && lacksBlank(source.text, at) ? ADD_BLANK : CORRECT,
  })
}

const CORRECT = 'Correct the file at this place.'
const CLOSE_OR_INDENT = 'Close the bracket, and indent the lines in it deeper than its key.'
/** What to do where {@link lacksBlank}. */
export const ADD_BLANK = 'Put a blank behind the `:` of each key, as in `key: value`.'

/** Does a line begin with what looks like a key, but for the blank behind its colon? */
export function lacksBlank(text: string, at: number): boolean {
  return endOf(KEY_WITHOUT_BLANK, text, at) > at
}

const KEY_WITHOUT_BLANK = /[^\s:"'#{}[\]]+:(?=[^\s/])/y

/** What the library says without what it repeats of the file: that may be a value, or a part of one. */
function withoutPieces(message: string): string {
  const own = OWN_WORDS.find(([said]) => said.test(message))
  return own === undefined ? message.replace(/(?<=\w): .*/s, '') : own[1]
}

const OWN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^Unknown directive/, 'this directive is not known (a line that begins with `%` is one)'],
  [/^Unsupported YAML version/, 'the version in the %YAML line is neither 1.1 nor 1.2'],
  [
    /^(?:Not a valid tag|Verbatim tags aren't|The .* tag has no suffix|Could not resolve tag)/s,
    'this is no tag (a text that begins with `!` goes in quotes)',
  ],
  [/^Invalid escape sequence/, 'YAML has no such escape (a backslash in double quotes is written twice)'],
]

/** Where something stands: the library names the end of what is before, blank lines and comments with it. */
function nextContent(text: string, at: number): number {
  return endOfAll(VOID, text, at)
}

const VOID = /[ \n]+|(?<=[ \n])#[^\n]*/y

/** The start of the line with the next colon that ends a key, if it is a later one: the value before was meant to end with its line. */
function lineOfColon(text: string, at: number): number | undefined {
  KEY_COLON.lastIndex = at
  const colon = KEY_COLON.exec(text)?.index ?? at
  const line = text.lastIndexOf('\n', colon) + 1
  return line > at ? line + text.slice(line).search(/[^ \t]/) : undefined
}

const KEY_COLON = /:(?=[ \t\n]|$)/g
const TOO_DEEP_A_LINE: Refusal = {
  code: 'format.syntax',
  message: 'The line is indented deeper than the key before it, which has a value already.',
  remedy: 'Indent the keys of a map alike.',
}
const UNCLOSED_BRACKET: Refusal = {
  code: 'format.syntax',
  message: 'The YAML is not valid: the bracket that is opened here is never closed.',
  remedy: CLOSE_OR_INDENT,
}

/** The refusal of a file with two documents. */
export function secondDocument(source: SourceText, document?: Document.Parsed, at = document?.range[0] ?? -1) {
  return refuse(source, at, {
    code: 'format.syntax',
    message: 'The file holds more than one YAML document.',
    remedy: 'Put each document in a file of its own.',
  })
}
