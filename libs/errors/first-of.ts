/** Most names that a message lists. */
const MOST_NAMED = 5

/** A list that no message grows long of: `a, b and 3 more`. */
export function firstOf(names: readonly string[]): string {
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : ''
  return `${names.slice(0, MOST_NAMED).join(', ')}${more}`
}
