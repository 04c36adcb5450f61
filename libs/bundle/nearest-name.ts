import { closest, distance } from 'fastest-levenshtein'

/**
 * What to do about a name that is not known: the nearest known one, or all of them.
 * @param name as written
 * @param known every name that would do
 */
export function suggestName(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'Remove it, or define it first.'
  const nearest = closest(name, known)
  if (distance(name, nearest) <= Math.max(2, name.length / 3)) return `Did you mean "${nearest}"?`
  return `Known: ${known.toSorted().join(', ')}.`
}
