import { matchesAny, matchesGlob } from '../globs.js'

/**
 * A text that the glob matches, found by putting the simplest thing in place of each wildcard; `undefined` when that fails.
 * `configs/{a,b}/**` -> `configs/a/x/x`. Good enough to prove that two globs overlap, never that they do not.
 */
export function witness(glob: string): string | undefined {
  const text = glob
    .replace(/\{([^{},]*)[^{}]*\}/g, '$1')
    .replace(/\[[!^]?(.)[^\]]*\]/g, '$1')
    .replaceAll('**', 'x/x')
    .replace(/[*?]/g, 'x')
  return matchesGlob(glob, text) ? text : undefined
}

/** A text that both globs match, when one can be found. */
export function commonWitness(a: string, b: string): string | undefined {
  const [one, other] = [witness(a), witness(b)]
  if (one !== undefined && matchesGlob(b, one)) return one
  return other !== undefined && matchesGlob(a, other) ? other : undefined
}

/** A text that one of each list matches and none of the excluded does, when one can be found. */
export function commonOf(a: readonly string[], b: readonly string[], excluded: readonly string[] = []): string | undefined {
  for (const one of a) {
    for (const other of b) {
      const found = commonWitness(one, other)
      if (found !== undefined && !matchesAny(excluded, found)) return found
    }
  }
  return undefined
}

/** Is it a name rather than a pattern? */
export function isLiteral(glob: string): boolean {
  return !/[*?[\]{}()!+@\\]/.test(glob)
}
