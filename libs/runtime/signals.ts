/** Ctrl-C under npm comes twice: from the terminal, and passed on by npm. What comes within this, in ms, is one signal. */
const ONE_SIGNAL_MS = 1_000

/**
 * Tells the signals to end apart: the first, the same once more, and a second one, by which somebody wants the end at once.
 * @returns to be asked at each signal
 */
export function countSignals(): () => 'first' | 'same' | 'second' {
  let first: number | undefined
  return () => {
    if (first !== undefined) return performance.now() - first > ONE_SIGNAL_MS ? 'second' : 'same'
    first = performance.now()
    return 'first'
  }
}
