import { MASKED } from '@vartrack/secrets/masked'

/** A line of CUE in its parts: a string, a comment, or what is neither. */
const PART = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\/.*|[^"'/]+|\//y
/** Strings that lie on several lines, or end otherwise than with a quote. */
const OTHER_STRINGS = /"""|'''|#["']/

/** A line, and the character of it that a place names, from 0. */
export interface Pointed {
  readonly line: string
  readonly at: number
}

/**
 * A line of CUE without its strings and comments, in which credentials may stand. A string that is said anyway is left.
 * @param source all of it: where strings lie on several lines, no line is told from a string
 * @returns `undefined` when that cannot be done surely
 */
export function hideTexts(source: string, { line, at }: Pointed, isSaid: (text: string) => boolean): Pointed | undefined {
  if (OTHER_STRINGS.test(source)) return undefined
  let hidden = ''
  let pointed: number | undefined
  for (PART.lastIndex = 0; PART.lastIndex < line.length; ) {
    const start = PART.lastIndex
    const part = PART.exec(line)?.[0]
    if (part === undefined) return undefined
    const shown = shownPart(part, isSaid)
    if (at < start + part.length) pointed ??= hidden.length + (shown === part ? at - start : 0)
    hidden += shown
  }
  return { line: hidden, at: pointed ?? hidden.length }
}

function shownPart(part: string, isSaid: (text: string) => boolean): string {
  if (part.startsWith('//')) return ''
  const quote = part[0]
  if ((quote !== '"' && quote !== "'") || isSaid(part)) return part
  return `${quote}${MASKED}${quote}`
}
