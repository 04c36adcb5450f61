/** A cache that forgets what was used longest ago once its sizes add up to more than it may hold. */
export interface SizedCache<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
}

/**
 * @param maxBytes of all values together; one that is larger by itself is not kept
 * @param sizeOf bytes of a value
 */
export function createSizedCache<V>(maxBytes: number, sizeOf: (value: V) => number): SizedCache<V> {
  // In the order in which they were used, the oldest first.
  const entries = new Map<string, { readonly value: V; readonly bytes: number }>()
  let held = 0
  const take = (key: string) => {
    const entry = entries.get(key)
    entries.delete(key)
    held -= entry?.bytes ?? 0
    return entry
  }
  const put = (key: string, entry: { readonly value: V; readonly bytes: number }) => {
    entries.set(key, entry)
    held += entry.bytes
  }
  return {
    get(key) {
      const entry = take(key)
      if (entry) put(key, entry)
      return entry?.value
    },
    set(key, value) {
      take(key)
      put(key, { value, bytes: sizeOf(value) })
      for (const oldest of entries.keys()) {
        if (held <= maxBytes) break
        take(oldest)
      }
    },
  }
}
