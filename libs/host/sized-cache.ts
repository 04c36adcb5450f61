/** A cache that forgets what was used longest ago once its sizes add up to more than it may hold. */
export class SizedCache<V> {
  readonly #entries = new Map<string, { readonly value: V; readonly bytes: number }>()
  readonly #maxBytes: number
  readonly #sizeOf: (value: V) => number
  #bytes = 0

  /** @param maxBytes of all values together */
  constructor(maxBytes: number, sizeOf: (value: V) => number) {
    this.#maxBytes = maxBytes
    this.#sizeOf = sizeOf
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.value
  }

  set(key: string, value: V): void {
    this.#drop(key)
    const bytes = this.#sizeOf(value)
    this.#entries.set(key, { value, bytes })
    this.#bytes += bytes
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break
      this.#drop(oldest)
    }
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key)
    if (!entry) return
    this.#entries.delete(key)
    this.#bytes -= entry.bytes
  }
}
