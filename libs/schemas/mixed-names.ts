import { type DottedName, readDottedNames, writeDottedNames } from '@vartrack/core'
import type { Violation } from '@vartrack/cuelang-wasm'

/**
 * A file may hold both kinds of names with dots: `app.kubernetes.io/name` is one, `server.port` the short way of `server: {port: ...}`.
 * @param names of the file, all as they stand
 * @param violations what speaks against that
 * @param schema its text: the labels with dots in it are names wherever a way leads through them
 * @returns the names of which nothing speaks against; the others are ways
 */
export function mixedNames(names: Buffer, violations: readonly Violation[], schema: string): Buffer {
  const labels = [...new Set(Array.from(schema.matchAll(LABEL), ([, label = '']) => label))]
  return writeDottedNames(readDottedNames(names).flatMap((name) => (isSpokenAgainst(name, violations) ? namesWithin(name, labels) : [name])))
}

/** A label with dots, or what looks like one: a name too many is of no use to any key. */
const LABEL = /"([^"\\\n]+\.[^"\\\n]+)"[?!]?\s*:/g

/** The schema does not know the name, or misses what it would be the way to. */
function isSpokenAgainst({ path }: DottedName, violations: readonly Violation[]): boolean {
  return violations.some(({ field, got, expected }) =>
    got === 'missing' ? `${path}.`.startsWith(`${field}.`) : field === path && expected === UNKNOWN,
  )
}

/** What a violation expects of a field that the schema does not have. */
const UNKNOWN = 'no such field'

/** The names that labels of the schema are in a way. */
function namesWithin({ start, path }: DottedName, labels: readonly string[]): DottedName[] {
  return labels.flatMap((label) => {
    const found: DottedName[] = []
    for (let at = path.indexOf(label); at >= 0; at = path.indexOf(label, at + 1)) {
      const end = at + label.length
      const startsName = at > 0 && path[at - 1] === '.' && Buffer.byteLength(path.slice(0, at)) >= start
      if (startsName && (end === path.length || path[end] === '.'))
        found.push({ start: Buffer.byteLength(path.slice(0, at)), path: path.slice(0, end) })
    }
    return found
  })
}
