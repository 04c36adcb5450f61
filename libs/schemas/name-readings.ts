import { type DottedName, readDottedNames, writeDottedNames } from '@vartrack/core'
import type { Violation } from '@vartrack/cuelang-wasm'
import { VarTrackError } from '@vartrack/errors'

/**
 * Holds a file whose names have dots to a schema. `app.kubernetes.io/name` is one name, `server.port` the short way of `server: {port: ...}`; a file may have
 * both, and each counts in the way that the schema has for it.
 * @param names of the file, all as they stand
 * @param schema its text: a label with dots in it is a name wherever a way leads through it
 * @param validate what speaks against the file when some names are names and all other dots ways
 * @returns what speaks against it in the reading that the schema knows best
 */
export async function inBestReading(
  names: Buffer,
  schema: string,
  validate: (names: Buffer) => Promise<readonly Violation[]>,
): Promise<readonly Violation[]> {
  const written = readDottedNames(names)
  let reading: readonly DottedName[] = written
  let best = await validate(names)
  let found = best
  const namesBelow = withNamesBelow(written)
  // Of many violations only the first are told, so that few of many names become ways: the last two begin at the other end.
  for (const next of [withWays(schema), namesBelow, () => [], namesBelow]) {
    if (best.length === 0) break
    const others = next(reading, found)
    if (isSame(others, reading)) continue
    reading = others
    found = (await validate(writeDottedNames(reading)).catch(unlessOnePlace)) ?? best
    if (isBetter(found, best)) best = found
  }
  return best
}

/** A name with dots may stand beside what it would be a way into: then there is no such tree. */
function unlessOnePlace(error: unknown): undefined {
  if (!(error instanceof VarTrackError && error.code === 'render.collision')) throw error
}

type NextReading = (reading: readonly DottedName[], found: readonly Violation[]) => readonly DottedName[]

/** Names that the schema does not know become ways, through the labels with dots that it has. */
function withWays(schema: string): NextReading {
  const labels = [...new Set(Array.from(schema.matchAll(LABEL), ([, label = '']) => label))]
  return (reading, found) => reading.flatMap((name) => (isSpokenAgainst(name, found) ? namesWithin(name, labels) : [name]))
}

/** A label with dots, or what looks like one: a name too many is of no use to any key. */
const LABEL = /"([^"\\\n]+\.[^"\\\n]+)"[?!]?\s*:/g

/** What a violation expects of a field that the schema does not have. */
const UNKNOWN = 'no such field'

/** The schema does not know the name, or misses what it would be the way to. */
function isSpokenAgainst({ path }: DottedName, found: readonly Violation[]): boolean {
  return found.some(({ field, got, expected }) => (got === 'missing' ? `${path}.`.startsWith(`${field}.`) : field === path && expected === UNKNOWN))
}

/** The names that labels of the schema are in a way. */
function namesWithin({ start, path }: DottedName, labels: readonly string[]): DottedName[] {
  return labels.flatMap((label) => {
    const found: DottedName[] = []
    for (let at = path.indexOf(label); at >= 0; at = path.indexOf(label, at + 1)) {
      const end = at + label.length
      const begins = Buffer.byteLength(path.slice(0, at))
      if (begins > start && path[at - 1] === '.' && (end === path.length || path[end] === '.'))
        found.push({ start: begins, path: path.slice(0, end) })
    }
    return found
  })
}

/** A way that leads too far (`logging.level.org.springframework` for `logging: level: [string]: string`) ends in a name: from where the schema refuses it on. */
function withNamesBelow(written: readonly DottedName[]): NextReading {
  return (reading, found) => {
    const fields = new Set(found.map(({ field }) => field))
    const below = written.flatMap(({ path }) =>
      waysTo(path)
        .filter((way) => fields.has(way))
        .map((way) => nameAfter(way, path)),
    )
    return [...reading, ...below]
  }
}

/** `a.b.c` -> `a`, `a.b` */
function waysTo(path: string): string[] {
  return Array.from(path.matchAll(/\./g), ({ index }) => path.slice(0, index))
}

function nameAfter(way: string, path: string): DottedName {
  return { start: Buffer.byteLength(way.slice(0, way.lastIndexOf('.') + 1)), path }
}

function isSame(one: readonly DottedName[], other: readonly DottedName[]): boolean {
  return writeDottedNames(one).equals(writeDottedNames(other))
}

/** Fewer, or as many of which fewer are about fields that the schema does not have: those say less. */
function isBetter(one: readonly Violation[], other: readonly Violation[]): boolean {
  return one.length < other.length || (one.length === other.length && unknownIn(one) < unknownIn(other))
}

function unknownIn(found: readonly Violation[]): number {
  return found.filter(({ expected }) => expected === UNKNOWN).length
}
