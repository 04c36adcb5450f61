import picomatch from 'picomatch'
import { compileLinear, type LinearPattern } from './linear-pattern.js'

/**
 * Does the path (or `owner/name`) match the picomatch glob? Names with a leading dot count. Picomatch says what the glob means; the matching is linear, since
 * globs and paths both come from repositories, and the RegExp that picomatch would match with may take for ever.
 */
export function matchesGlob(glob: string, path: string): boolean {
  if (glob === path) return true
  return path !== '' && compiled(glob)(path)
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
  try {
    picomatch.makeRe(glob, { dot: true, strictBrackets: true })
    compile(glob)
    return undefined
  } catch (error) {
    return (error as Error).message.replace(/ - use .*/, '').replace(/^M/, 'm')
  }
}

/** What picomatch takes for parsing grows with the square of a glob's length. */
const MOST_CHARACTERS = 1_024

/** Globs that are remembered; a bundle has few, and each is asked of every path of a repository. */
const MOST_REMEMBERED = 1_000
const remembered = new Map<string, LinearPattern>()

/** Remembered, since a glob always compiles to the same. */
function compiled(glob: string): LinearPattern {
  const known = remembered.get(glob)
  if (known) return known
  const [oldest] = remembered.size < MOST_REMEMBERED ? [] : remembered.keys()
  if (oldest !== undefined) remembered.delete(oldest)
  const pattern = compile(glob)
  remembered.set(glob, pattern)
  return pattern
}

function compile(glob: string): LinearPattern {
  return compileLinear(picomatch.makeRe(glob, { dot: true }).source)
}

/** NUL, newlines and the like: never part of a name or a path. */
export function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text)
}
