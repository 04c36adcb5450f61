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
  try {
    picomatch.makeRe(glob, { dot: true, strictBrackets: true })
    return undefined
  } catch (error) {
    return (error as Error).message.replace(/ - use .*/, '').replace(/^M/, 'm')
  }
}

/** NUL, newlines and the like: never part of a name or a path. */
export function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text)
}
