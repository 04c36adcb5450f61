import { GaveUp } from './gave-up.js'

/**
 * Runs something with a signal of its own, which is aborted by the caller's, by time, and at the end, so that nothing of it goes on.
 * @throws GaveUp `timeout`, `closed`, and whatever it throws
 */
export async function within<T>(totalMs: number, signal: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const own = new AbortController()
  const stop = () => own.abort(new GaveUp('closed'))
  const timer = setTimeout(() => own.abort(new GaveUp('timeout', `it took longer than ${totalMs} ms`)), totalMs)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    return await run(own.signal)
  } catch (error) {
    throw own.signal.aborted ? own.signal.reason : error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    stop()
  }
}
