import type { Lexer } from 'yaml'
import type { Refusal } from './source-text.js'

/** The lexer says so before the text of a scalar that is not in quotes. */
export const SCALAR_FOLLOWS = '\u001f'

/** Counts values while they are read, and never too many: every scalar is one, but for those that a colon makes a key. */
export function createLeafCount(): { atLeast(lexeme: string, isText: boolean): number } {
  let leaves = 0
  return {
    atLeast: (lexeme, isText) => {
      const isScalar = !isText && (lexeme === SCALAR_FOLLOWS || lexeme.startsWith('"') || lexeme.startsWith("'"))
      if (isScalar) leaves += 1
      else if (!isText && lexeme === ':') leaves -= 1
      // The last one may still be a key.
      return leaves - 1
    },
  }
}

/**
 * Between a key, or the dash of a list, and its value the lexer takes a comment for a line of the file, and then no longer knows how deep the value has to be
 * indented: the lines below became part of it. This gives the lexer that depth back after every such line. The field is the lexer's own; without it the lines
 * are refused, as what they would be part of is not indented (yaml-tokens.ts).
 */
export function createIndentKeeper(lexer: Lexer): (lexeme: string, isText: boolean) => void {
  const state = lexer as unknown as { indentNext: number }
  let isAwaited = false
  let depth: number | undefined
  return (lexeme, isText) => {
    const first = isText ? SCALAR_FOLLOWS : lexeme[0]
    const isBlank = first === '\n' || first === ' ' || first === '\t' || first === '#'
    if (!isBlank) {
      isAwaited = first === '&' || first === '!' || lexeme === ':' || lexeme === '-' || lexeme === '?'
      depth = undefined
    } else if (depth !== undefined) state.indentNext = depth
    else if (isAwaited && (first === '\n' || first === '#')) depth = state.indentNext
  }
}

/** Lines and escapes of one text: for each the library makes a few objects, and so takes up to a hundred times the memory of the text. */
const MOST_PIECES = 200_000

/** Whether a text is in so many pieces that it is not given to the library. Up to that many characters nothing is counted. */
export function isInTooManyPieces(lexeme: string): boolean {
  if (lexeme.length <= MOST_PIECES) return false
  let pieces = 0
  for (const mark of ['\n', '\\', "''"]) {
    for (let at = lexeme.indexOf(mark); at >= 0 && pieces <= MOST_PIECES; at = lexeme.indexOf(mark, at + mark.length)) pieces += 1
  }
  return pieces > MOST_PIECES
}

export const TOO_MANY_PIECES: Refusal = {
  code: 'limit.memory',
  message: `The text that begins here has more than ${MOST_PIECES} lines and escapes.`,
  remedy: 'Keep a text of that size in a file of its own.',
}
