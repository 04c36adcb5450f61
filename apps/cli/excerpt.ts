import type { Place } from '@vartrack/errors'
import { visible } from './terminal.js'

/** Most characters of a line that are shown, around the place. */
const WIDTH = 100

/** A line of a source, made harmless, and what stands before the caret under it. */
export interface Excerpt {
  readonly number: string
  readonly line: string
  readonly before: string
}

/** The line that a place names; `undefined` when the source has no such line or is no text. */
export function excerptOf(source: Buffer | undefined, { line, column }: Place): Excerpt | undefined {
  if (source === undefined || line === undefined) return undefined
  const text = decoded(source).split(/\r\n|\r|\n/)[line - 1]
  if (text === undefined) return undefined
  const characters = Array.from(text)
  const at = Math.min((column ?? 1) - 1, characters.length)
  const start = characters.length <= WIDTH ? 0 : Math.max(0, Math.min(at - WIDTH / 2, characters.length - WIDTH))
  const before = shown(characters.slice(start, at))
  const after = shown(characters.slice(at, start + WIDTH))
  return { number: String(line), line: before + after, before: ' '.repeat(Array.from(before).length) }
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
