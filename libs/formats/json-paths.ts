import type { KeyPath } from './contract.js'

/**
 * What characters of a JSON text belong to: the way to the value, or to the key, that they are part of.
 * @param text valid, without blanks between its parts
 * @param offsets in UTF-16 units, in any order
 */
export function pathsAt(text: string, offsets: readonly number[]): readonly (KeyPath | undefined)[] {
  const found = new Map<number, KeyPath>()
  const wanted = offsets.toSorted((one, other) => other - one)
  for (const { end, path } of partsOf(text)) {
    for (let next = wanted.at(-1); next !== undefined && next < end; next = wanted.at(-1)) {
      found.set(next, [...path])
      wanted.pop()
    }
    if (wanted.length === 0) break
  }
  return offsets.map((offset) => found.get(offset))
}

/** Keys, values and what stands between them. The path is the same array every time. */
function* partsOf(text: string): Generator<{ readonly end: number; readonly path: readonly (string | number)[] }> {
  const path: (string | number)[] = []
  for (let at = 0; at < text.length; ) {
    const end = endOfPart(text, at)
    const first = text[at]
    if (first === '}' || first === ']') path.pop()
    else if (first === ',') path.push(next(path.pop()))
    else if (first === '"' && text[end] === ':') path.splice(-1, 1, String(JSON.parse(text.slice(at, end))))
    yield { end, path }
    if (first === '{') path.push('')
    else if (first === '[') path.push(0)
    at = end
  }
}

/** In a list its next index; in a map the key is to come. */
function next(key: string | number | undefined): string | number {
  return typeof key === 'number' ? key + 1 : ''
}

function endOfPart(text: string, start: number): number {
  if (text[start] === '"') return endOfString(text, start)
  if ('{}[],:'.includes(text.charAt(start))) return start + 1
  LITERAL.lastIndex = start
  return LITERAL.test(text) ? LITERAL.lastIndex : text.length
}

const LITERAL = /[^,\]}]+/y

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at + 1
  }
  return text.length
}
