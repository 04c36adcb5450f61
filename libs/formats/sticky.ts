/** Where a sticky pattern ends that is found at a place; the place itself when it is not there. */
export function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

/** Where the last of a sticky pattern ends that is found again and again. A loop, because a repeated group takes stack for each time: a file may be millions of comments. */
export function endOfAll(pattern: RegExp, text: string, start: number): number {
  for (let at = start; ; ) {
    const end = endOf(pattern, text, at)
    if (end === at) return at
    at = end
  }
}
