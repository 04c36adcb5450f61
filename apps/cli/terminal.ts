import { VarTrackError } from '@vartrack/errors'

/** Where a command writes. */
export interface Terminal {
  out(text: string): void
  err(text: string): void
  /** A text in a colour, where colours are shown and wanted (NO_COLOR). */
  readonly paint: { readonly out: Paint; readonly err: Paint }
  /** Width in columns; `undefined` when nobody looks. */
  readonly columns: number | undefined
}

export type Colour = 'red' | 'yellow' | 'cyan' | 'bold' | 'dim'
export type Paint = (text: string, colour: Colour) => string

const CODES: Readonly<Record<Colour, number>> = { red: 31, yellow: 33, cyan: 36, bold: 1, dim: 2 }

/** The terminal of this process. A reader that went away (`vt ... | head`) ends the output, not the program. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endQuietly)
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    paint: { out: paintOn(process.stdout), err: paintOn(process.stderr) },
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  }
}

/** Only a terminal has `hasColors`, which also heeds NO_COLOR. */
function paintOn(stream: NodeJS.WriteStream): Paint {
  const coloured = stream.isTTY && stream.hasColors()
  return (text, colour) => (coloured ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text)
}

function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return
  throw new VarTrackError({
    code: 'cli.unwritable',
    message: `The output cannot be written: ${error.code === 'ENOSPC' ? 'no space is left' : error.message}.`,
    remedy: 'Free some space, or write elsewhere.',
    cause: error,
  })
}

/** Every character of a text that a terminal would obey, or not show, as its escape: data must not move the cursor. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => SHORT[character] ?? escapes(character))
}

/** A line of JSON with the same characters as escapes; they can only be within its strings, so it says the same. */
export function visibleJson(line: string): string {
  return line.replace(UNSEEN, (character) => (character === '\n' ? character : escapes(character)))
}

/** Controls, marks of direction, other line ends, and what has no width; the joiners of emoji stay. */
const UNSEEN = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\u00ad\u200b\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/gu

function escapes(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
