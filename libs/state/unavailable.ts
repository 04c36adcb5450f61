import { VarTrackError } from '@vartrack/errors'
import type { State } from './contract.js'

type Method = (...parameters: unknown[]) => Promise<unknown> | AsyncIterable<unknown>

/**
 * The same state, which throws `state.unavailable` where the client of Redis threw something of its own: an outage that passes must not look
 * like a defect, for which no job is tried again.
 */
export function tellUnavailable(state: State): State {
  const guarded = Object.entries(state as unknown as Record<string, Method>).map(([name, method]) => [name, guard(method)])
  return Object.fromEntries(guarded) as State
}

function guard(method: Method): Method {
  return (...parameters) => {
    const result = method(...parameters)
    return Symbol.asyncIterator in result ? guardItems(result) : result.catch(unavailable)
  }
}

async function* guardItems(items: AsyncIterable<unknown>): AsyncGenerator {
  const iterator = items[Symbol.asyncIterator]()
  try {
    for (let next = await iterator.next().catch(unavailable); !next.done; next = await iterator.next().catch(unavailable)) yield next.value
  } finally {
    await iterator.return?.()
  }
}

function unavailable(cause: unknown): never {
  if (cause instanceof VarTrackError) throw cause
  throw new VarTrackError({
    code: 'state.unavailable',
    message: `Redis did not answer: ${cause instanceof Error ? cause.message : String(cause)}.`,
    remedy: 'A job is tried again by itself; ask again when Redis is back.',
    disposition: { kind: 'retry' },
    status: 503,
    cause,
  })
}
