import type { VarTrackError } from '@vartrack/errors'
import { MASKED } from '@vartrack/secrets/mask'
import { visible } from './terminal.js'

/** Most characters of a line that are shown, around the place. */
const WIDTH = 100

/** A file that errors may show a line of. */
export interface Source {
  readonly bytes: Buffer
  /** May hold secrets: what a schema marks, or credentials of a bundle. */
  readonly confidential: boolean
}

/** A line of a source, made harmless, and what stands before the caret under it. */
export interface Excerpt {
  readonly number: string
  readonly line: string
  readonly before: string
}

/**
 * The line that an error's place names; `undefined` when the source has no such line or is no text.
 * Of a confidential source only a line that the error's message has said already, word for word: a value may span lines, stand beside another one, belong to
 * another environment or to a comment, and the message is where secrets are hidden.
 */
export function excerptOf(source: Source | undefined, { place, message }: Pick<VarTrackError, 'place' | 'message'>): Excerpt | undefined {
  const { line, column } = place
  if (source === undefined || line === undefined) return undefined
  const text = decoded(source.bytes).split(/\r\n|\r|\n/)[line - 1]
  if (text === undefined || (source.confidential && !says(message, text))) return undefined
  const characters = Array.from(text)
  const at = Math.min((column ?? 1) - 1, characters.length)
  const start = characters.length <= WIDTH ? 0 : Math.max(0, Math.min(at - WIDTH / 2, characters.length - WIDTH))
  const before = shown(characters.slice(start, at))
  const after = shown(characters.slice(at, start + WIDTH))
  return { number: String(line), line: before + after, before: ' '.repeat(Array.from(before).length) }
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
