import { setTimeout as delay } from 'node:timers/promises'

export interface EventuallyOptions {
  /** Gives up after so long, in milliseconds. Default: 30 s, which proves nothing but that it does not come; how soon it comes is for a benchmark. */
  readonly timeoutMs?: number
  /** Pause between two looks, in milliseconds. Default: 20. */
  readonly everyMs?: number
}

/**
 * Waits until a condition holds, and gives its value: anything but `undefined`, `null` and `false`. A look that throws has not held, so a test can put its
 * assertions in the condition. The only place of the tests that lets time pass.
 * @throws Error when time is up; its cause is what the last look threw
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 30_000, everyMs = 20 }: EventuallyOptions = {},
): Promise<Exclude<T, undefined | null | false>> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const look = await once(condition)
    if (look.holds) return look.value
    if (performance.now() >= end) throw timeUp(timeoutMs, look.reason)
    await delay(everyMs)
  }
}

type Look<T> = { readonly holds: true; readonly value: T } | { readonly holds: false; readonly reason: unknown }

async function once<T>(condition: () => T | Promise<T>): Promise<Look<Exclude<T, undefined | null | false>>> {
  try {
    const value = await condition()
    if (value === undefined || value === null || value === false) return { holds: false, reason: undefined }
    return { holds: true, value: value as Exclude<T, undefined | null | false> }
  } catch (reason) {
    return { holds: false, reason }
  }
}

function timeUp(timeoutMs: number, reason: unknown): Error {
  const last = reason instanceof Error ? `: ${reason.message}` : ''
  return new Error(`The condition did not hold within ${timeoutMs} ms${last}`, { cause: reason })
}
