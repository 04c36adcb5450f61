import { type DottedName, readDottedNames, writeDottedNames } from '@vartrack/core'
import type { Violation } from '@vartrack/cuelang-wasm'
import { VarTrackError } from '@vartrack/errors'

/** No other reading begins after this, in ms: a schema that takes seconds for each is told as the file stands. */
const ENOUGH = 2_000
/** A name of more dots stays what it is: no schema is so deep. */
const MOST_DOTS = 64

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
  const begun = performance.now()
  const written = readDottedNames(names)
  const namesBelow = withNamesBelow(written)
  let reading: readonly DottedName[] = written
  let best = await validate(names)
  let found = best
  // Of many violations only the first are told, so that few of many names become ways: the last two begin at the other end.
  for (const next of [withWays(schema), namesBelow, () => [], namesBelow]) {
    if (best.length === 0 || performance.now() - begun > ENOUGH) break
    const others = next(reading, found)
    if (isSame(others, reading)) continue
    reading = others
    found = (await validate(writeDottedNames(reading)).catch(unlessUnfit)) ?? best
    if (isBetter(found, best)) best = found
  }
  return best
}

/** A name may stand beside what it would be a way into, or be a way that is too deep: such a reading is no better, and no mistake of the file. */
function unlessUnfit(error: unknown): undefined {
  if (!(error instanceof VarTrackError && error.disposition.kind === 'stall')) throw error
}

type NextReading = (reading: readonly DottedName[], found: readonly Violation[]) => readonly DottedName[]

/** Names that the schema does not know become ways, through the labels with dots that it has. */
function withWays(schema: string): NextReading {
  const labels = new Set(Array.from(schema.matchAll(LABEL), ([, label = '']) => label))
  return (reading, found) => {
    const unknown = new Set(found.filter(({ expected }) => expected === UNKNOWN).map(({ field }) => field))
    const missing = new Set(found.filter(({ got }) => got === 'missing').map(({ field }) => field))
    const isWay = ({ path }: DottedName) => unknown.has(path) || missing.has(path) || waysTo(path).some((way) => missing.has(way))
    return reading.flatMap((name) => (isWay(name) ? namesWithin(name, labels) : [name]))
  }
}

/** A label in quotes, or what looks like one: a name too many is of no use to any key. */
const LABEL = /"([^"\\\n]+)"[?!]?\s*:/g

/** What a violation expects of a field that the schema does not have. */
const UNKNOWN = 'no such field'

/** The names that labels of the schema are in a way. */
function namesWithin({ start, path }: DottedName, labels: ReadonlySet<string>): DottedName[] {
  const ends = [...waysTo(path).map((way) => way.length), path.length]
  const begins = ends.map((end) => end + 1).filter((begin) => begin < path.length && Buffer.byteLength(path.slice(0, begin)) > start)
  return begins.flatMap((begin) =>
    ends
      .filter((end) => labels.has(path.slice(begin, end)) && path.slice(begin, end).includes('.'))
      .map((end) => ({ start: Buffer.byteLength(path.slice(0, begin)), path: path.slice(0, end) })),
  )
}

/** A way that leads too far (`logging.level.org.springframework` for `logging: level: [string]: string`) ends in a name: from where the schema refuses it on. */
function withNamesBelow(written: readonly DottedName[]): NextReading {
  return (reading, found) => {
    const fields = new Set(found.map(({ field }) => field))
    const below = written.flatMap(({ start, path }) =>
      waysTo(path)
        .filter((way) => fields.has(way))
        .map((way) => ({ start: Buffer.byteLength(way.slice(0, way.lastIndexOf('.') + 1)), path }))
        // What the file has as a map is one.
        .filter((name) => name.start >= start),
    )
    return [...reading, ...below]
  }
}

/** `a.b.c` -> `a`, `a.b` */
function waysTo(path: string): string[] {
  const dots = Array.from(path.matchAll(/\./g), ({ index }) => index)
  return dots.length > MOST_DOTS ? [] : dots.map((dot) => path.slice(0, dot))
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
