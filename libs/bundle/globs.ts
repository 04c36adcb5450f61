import picomatch from 'picomatch'

/** Does the path (or `owner/name`) match the picomatch glob? Names with a leading dot count. */
export function matchesGlob(glob: string, path: string): boolean {
  return picomatch.isMatch(path, glob, { dot: true })
}

/** Does any of the globs match? */
export function matchesAny(globs: readonly string[], path: string): boolean {
  return globs.some((glob) => matchesGlob(glob, path))
}

/**
 * Why a glob cannot be used, or `undefined` when it can: empty, control characters, unbalanced brackets,
 * or groups repeated within repeated groups, whose matching may take exponential time.
 */
export function globFault(glob: string): string | undefined {
  if (glob === '') return 'it is empty'
  if (hasControlCharacter(glob)) return 'it contains a control character'
  if (/[*+]\([^)]*[*+]\(/.test(glob)) return 'it repeats a group within a repeated group'
  if (isCostly(glob)) return `it has more than ${MOST_STARS} stars in one part of the path, or more than ${MOST_STARS} times **`
  try {
    picomatch.makeRe(glob, { dot: true, strictBrackets: true })
    return undefined
  } catch (error) {
    return (error as Error).message.replace(/ - use .*/, '').replace(/^M/, 'm')
  }
}

/** Matching takes as many powers of a path's length as stars follow one another; globs and paths may both come from a repository. */
const MOST_STARS = 3

function isCostly(glob: string): boolean {
  const parts = glob.split('/').map((part) => part.match(/\*+/g)?.length ?? 0)
  return Math.max(...parts) > MOST_STARS || (glob.match(/\*\*/g)?.length ?? 0) > MOST_STARS
}

/** NUL, newlines and the like: never part of a name or a path. */
export function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text)
}
