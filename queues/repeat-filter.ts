/** While Redis is away every queue and worker says so at every attempt to reconnect; one line in so many ms is enough. */
const QUIET_MS = 10_000

/** Passes an error on, unless the same was passed on a moment ago. */
export function withoutRepeats(report: (error: Error) => void): (error: Error) => void {
  const told = new Map<string, number>()
  return (error) => {
    const now = performance.now()
    for (const [text, at] of told) if (now - at > QUIET_MS) told.delete(text)
    if (told.has(error.message)) return
    told.set(error.message, now)
    report(error)
  }
}
