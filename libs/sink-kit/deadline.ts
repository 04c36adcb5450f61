import { VarTrackError } from '@vartrack/errors'

/** Why a {@link withTimeout} signal fired when its time was over. */
class TimeOver extends Error {}

/**
 * A signal that follows another and also fires after a time.
 * @param signal the caller's own
 * @param ms milliseconds
 */
export function withTimeout(signal: AbortSignal, ms: number): AbortSignal & Disposable {
  const controller = new AbortController()
  const onAbort = () => controller.abort(signal.reason)
  const timer = setTimeout(() => controller.abort(new TimeOver(`${ms} ms`)), ms)
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  const dispose = () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
  return Object.assign(controller.signal, { [Symbol.dispose]: dispose })
}

/**
 * Waits for a promise no longer than a signal lets it. What the promise does after that is not heard; its failure is not unhandled either.
 * @throws VarTrackError `sink.timeout` when the time was over, `sink.aborted` when the caller gave up; whatever the promise throws
 */
export async function abortable<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    Promise.resolve(promise).catch(() => undefined)
    throw gaveUp(signal)
  }
  let onAbort: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(gaveUp(signal))
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort)
  }
}

/**
 * Runs one operation of a driver within a time.
 * @param ms milliseconds
 * @throws VarTrackError as {@link abortable}
 */
export async function within<T>(signal: AbortSignal, ms: number, operation: (signal: AbortSignal) => PromiseLike<T>): Promise<T> {
  if (signal.aborted) throw gaveUp(signal)
  using limited = withTimeout(signal, ms)
  return await abortable(operation(limited), limited)
}

/** The error for a signal that fired. */
export function gaveUp(signal: AbortSignal): VarTrackError {
  if (!(signal.reason instanceof TimeOver)) {
    return new VarTrackError({ code: 'sink.aborted', message: 'The work was called off.', disposition: { kind: 'retry' } })
  }
  return new VarTrackError({
    code: 'sink.timeout',
    message: `The store did not answer within ${signal.reason.message}.`,
    remedy: 'Check that it is reachable; what was sent may or may not have arrived, and the next try finds out.',
    disposition: { kind: 'retry' },
  })
}
