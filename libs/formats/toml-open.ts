import type { Refusal } from './source-text.js'

/** A quote or bracket of a TOML text that is open. */
interface Opening {
  readonly at: number
  readonly kind: 'quote' | 'header' | 'bracket'
}

/** What is never closed, and where it begins. */
export interface Unclosed {
  readonly at: number
  readonly refusal: Refusal
}

/** What matters outside of texts and comments. */
const MARK = /["'#[\]{}]/g
const END_OF_LINE = /\r?\n|$/y
const END_OF_FILE = /\s*$/y

/**
 * What is never closed, where that is why the library found a mistake.
 * @param at offset of the mistake; the text before it is valid as far as it goes
 */
export function unclosedBefore(text: string, at: number): Unclosed | undefined {
  const open = openAt(text, at)
  if (open?.kind === 'quote' && isAt(isLongText(text, open.at) ? END_OF_FILE : END_OF_LINE, text, at)) return { at: open.at, refusal: UNCLOSED_QUOTE }
  if (open?.kind === 'header' && isAt(END_OF_LINE, text, at)) return { at: open.at, refusal: UNCLOSED_HEADER }
  if (open?.kind === 'bracket' && isAt(END_OF_FILE, text, at)) return { at: open.at, refusal: UNCLOSED_BRACKET }
  return undefined
}

function isAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at
  return pattern.test(text)
}

/** The innermost that is open at a place. */
function openAt(text: string, end: number): Opening | undefined {
  const open: Opening[] = []
  for (let at = nextMark(text, 0); at < end; ) {
    const mark = text[at] as string
    let next = at + 1
    if (mark === '#') next = endOfLine(text, at)
    else if (mark === '"' || mark === "'") {
      next = endOfText(text, at, mark)
      if (next > end) return { at, kind: 'quote' }
    } else if (mark === '[' || mark === '{') open.push({ at, kind: open.length === 0 && startsLine(text, at) ? 'header' : 'bracket' })
    else open.pop()
    at = nextMark(text, next)
  }
  return open[0]?.kind === 'header' ? open[0] : open.at(-1)
}

function nextMark(text: string, from: number): number {
  MARK.lastIndex = from
  return MARK.exec(text)?.index ?? text.length
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

function startsLine(text: string, at: number): boolean {
  return /^[ \t]*$/.test(text.slice(text.lastIndexOf('\n', at) + 1, at))
}

/** Of several lines. */
function isLongText(text: string, start: number): boolean {
  return text.startsWith('"""', start) || text.startsWith("'''", start)
}

/** Behind the closing quote, infinite where there is none: on the line, unless there are three. */
function endOfText(text: string, start: number, quote: string): number {
  const isLong = isLongText(text, start)
  const close = isLong ? quote.repeat(3) : quote
  for (let at = start + close.length; at < text.length; at += 1) {
    if (text[at] === '\\' && quote === '"') at += 1
    else if (text.startsWith(close, at)) return isLong ? endOfQuotes(text, at, quote) : at + 1
    if (text[at] === '\n' && !isLong) break
  }
  return Number.POSITIVE_INFINITY
}

/** Two quotes that end a text of several lines may stand before those that close it. */
function endOfQuotes(text: string, from: number, quote: string): number {
  let at = from
  while (text[at] === quote && at < from + 5) at += 1
  return at
}

function notValid(what: string, remedy: string): Refusal {
  return { code: 'format.syntax', message: `The TOML is not valid: ${what}.`, remedy }
}

const UNCLOSED_QUOTE = notValid('the quote that begins here is never closed', 'Close it on its line; a text of several lines stands in three quotes.')
const UNCLOSED_BRACKET = notValid('the bracket that is opened here is never closed', 'Close it.')
const UNCLOSED_HEADER = notValid('the bracket of this header is never closed', 'Write `[name]`, or `[[name]]` for a list of tables, on one line.')
