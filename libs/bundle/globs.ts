import { setImmediate } from 'node:timers/promises'
import picomatch from 'picomatch'
import { compileLinear, type LinearPattern } from './linear-pattern.js'

/**
 * Does the path (or `owner/name`) match the picomatch glob? Names with a leading dot count. Picomatch says what the glob means; the matching is linear, since
 * globs and paths both come from repositories, and the RegExp that picomatch would match with may take for ever.
 * A glob with a fault matches its own text alone.
 */
export function matchesGlob(glob: string, path: string): boolean {
  if (glob === path) return true
  if (path === '') return false
  const read = compiled(glob)
  return 'matches' in read && read.matches(path)
}

/** Does any of the globs match? */
export function matchesAny(globs: readonly string[], path: string): boolean {
  return globs.some((glob) => matchesGlob(glob, path))
}

/** Does the glob match its own text and nothing else, so that it names one path or repository? */
export function isLiteral(glob: string): boolean {
  return !/[*?[\]{}()!\\]/.test(glob)
}

/** Why a glob cannot be used, or `undefined` when it can: empty, too long, control characters, unbalanced brackets, a group referred back to. */
export function globFault(glob: string): string | undefined {
  if (glob === '') return 'it is empty'
  if (glob.length > MOST_CHARACTERS) return `it is longer than ${MOST_CHARACTERS} characters`
  if (hasControlCharacter(glob)) return 'it contains a control character'
  const read = compiled(glob)
  return 'fault' in read ? read.fault : undefined
}

/** Reads globs so that they are remembered, and lets others go on in between: one may take 15 ms, and a repository may name a thousand. */
export async function readGlobs(globs: readonly string[]): Promise<void> {
  let since = performance.now()
  for (const glob of globs) {
    globFault(glob)
    if (performance.now() - since < LONGEST_TURN_MS) continue
    await setImmediate()
    since = performance.now()
  }
}

/** How long reading goes on without letting others. */
const LONGEST_TURN_MS = 10

/** What picomatch takes for parsing grows with the square of a glob's length. */
const MOST_CHARACTERS = 1_024

/** Globs that are remembered; a bundle has few, and each is asked of every path of a repository. As many as a `vartrack.json` can hold. */
const MOST_REMEMBERED = 1_000
const remembered = new Map<string, Compiled>()

type Compiled = { readonly matches: LinearPattern } | { readonly fault: string }

/** Remembered, since a glob always compiles to the same. */
function compiled(glob: string): Compiled {
  const known = remembered.get(glob)
  if (known) return known
  const [oldest] = remembered.size < MOST_REMEMBERED ? [] : remembered.keys()
  if (oldest !== undefined) remembered.delete(oldest)
  const made = compile(glob)
  remembered.set(glob, made)
  return made
}

function compile(glob: string): Compiled {
  try {
    return { matches: compileLinear(picomatch.makeRe(glob, { dot: true, strictBrackets: true }).source) }
  } catch (error) {
    return { fault: (error as Error).message.replace(/ - use .*/, '').replace(/^M/, 'm') }
  }
}

/** NUL, newlines and the like: never part of a name or a path. */
export function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text)
}
