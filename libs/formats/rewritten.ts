/** Pieces that are put together at a time: what a text of millions of escapes becomes must not be a tree of as many pieces. */
const PIECES = 4096

/**
 * As `text.replace` with a function, in little memory.
 * @param pattern global
 * @param rewrite gives what comes in the place of a match
 */
export function rewritten(text: string, pattern: RegExp, rewrite: (match: RegExpExecArray) => string): string {
  const chunks: string[] = []
  let pieces: string[] = []
  let end = 0
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    pieces.push(text.slice(end, match.index), rewrite(match))
    end = pattern.lastIndex
    if (pieces.length < PIECES) continue
    chunks.push(pieces.join(''))
    pieces = []
  }
  pieces.push(text.slice(end))
  return chunks.join('') + pieces.join('')
}
