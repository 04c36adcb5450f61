import type { VarTrackError } from '@vartrack/errors'
import { MASKED } from '@vartrack/secrets/masked'
import stringWidth from 'string-width'
import { hideTexts, type Pointed } from './hide-texts.js'
import { visible } from './terminal.js'

/** Most characters of a line that are shown, around the place. */
const WIDTH = 100

/** A file that errors may show a line of. */
export interface Source {
  readonly bytes: Buffer
  /** Where secrets may stand in it: what a schema marks `anywhere`, credentials of a bundle in its `texts` and comments. */
  readonly secrets: 'nowhere' | 'texts' | 'anywhere'
}

/** A line of a source, made harmless, and what stands before the caret under it. */
export interface Excerpt {
  readonly number: string
  readonly line: string
  readonly before: string
}

/**
 * The line that an error's place names; `undefined` when the source has no such line or is no text.
 * Where secrets may stand anywhere, only a line that the error's message has said already, word for word: a value may span lines, stand beside another one,
 * belong to another environment or to a comment, and the message is where secrets are hidden. Of a bundle the line is shown without its texts.
 */
export function excerptOf(source: Source | undefined, { place, message }: Pick<VarTrackError, 'place' | 'message'>): Excerpt | undefined {
  const { line, column } = place
  if (source === undefined || line === undefined) return undefined
  const whole = decoded(source.bytes)
  const text = whole.split(/\r\n|\r|\n/)[line - 1]
  if (text === undefined) return undefined
  const pointed = {
    line: text,
    at: Array.from(text)
      .slice(0, (column ?? 1) - 1)
      .join('').length,
  }
  const safe = SHOWN[source.secrets](pointed, message, whole)
  return safe && around(safe, line)
}

/** What of a line may be shown. */
const SHOWN: Readonly<Record<Source['secrets'], (pointed: Pointed, message: string, source: string) => Pointed | undefined>> = {
  nowhere: (pointed) => pointed,
  anywhere: (pointed, message) => (says(message, pointed.line) ? pointed : undefined),
  texts: (pointed, message, source) => hideTexts(source, pointed, (text) => says(message, text)),
}

/** The part of a line around its place. */
function around(pointed: Pointed, line: number): Excerpt {
  const characters = Array.from(pointed.line)
  const at = Array.from(pointed.line.slice(0, pointed.at)).length
  const start = characters.length <= WIDTH ? 0 : Math.max(0, Math.min(at - WIDTH / 2, characters.length - WIDTH))
  const before = shown(characters.slice(start, at))
  const after = shown(characters.slice(at, start + WIDTH))
  return { number: String(line), line: before + after, before: ' '.repeat(stringWidth(before)) }
}

/** Does a message that hides nothing have every word of a line, in its order? What is hidden may be a word that it has otherwise: item 1 of a list that is 1. */
function says(message: string, line: string): boolean {
  if (message.includes(MASKED)) return false
  const said = wordsOf(message)
  let next = 0
  return wordsOf(line).every((word) => {
    next = said.indexOf(word, next) + 1
    return next > 0
  })
}

/** What remains of a text without the signs that formats put around names and values. */
function wordsOf(text: string): string[] {
  return text.split(/[\s{}[\](),.:;="'<>/]+/).filter((word) => word !== '' && word !== '-')
}

/** A tab is one column wide, so that the caret stands where it should. */
function shown(characters: readonly string[]): string {
  return visible(characters.map((character) => (character === '\t' ? ' ' : character)).join(''))
}

function decoded(source: Buffer): string {
  if (source[0] === 0xff && source[1] === 0xfe) return new TextDecoder('utf-16le').decode(source)
  if (source[0] === 0xfe && source[1] === 0xff) return new TextDecoder('utf-16be').decode(source)
  return new TextDecoder().decode(source)
}
