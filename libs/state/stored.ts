import type { Redis } from 'ioredis'
import type { z } from 'zod'
import type { Keys } from './keys.js'

/** Stored state that cannot be used: it is treated as absent, and somebody should know. */
export interface StateProblem {
  /** What it was to be: `target`, `release`. */
  readonly what: string
  readonly key: string
  readonly message: string
}

/** What every part of the state works with. */
export interface Store {
  readonly redis: Redis
  readonly keys: Keys
  readonly onProblem: (problem: StateProblem) => void
}

/** A day and a week in seconds. */
export const DAY_S = 24 * 3600
export const WEEK_S = 7 * DAY_S

/** The JSON that was stored, checked; `undefined` when there is none or it is not what it should be. */
export function readJson<T>(store: Store, what: string, key: string, schema: z.ZodType<T>, text: string | null | undefined): T | undefined {
  if (text === null || text === undefined) return undefined
  const parsed = schema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  const message = parsed.error.issues.map((issue) => `${issue.path.join('.') || what}: ${issue.message}`).join('; ')
  store.onProblem({ what, key, message })
  return undefined
}

/** `undefined` for what is no JSON; no schema of ours accepts it. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Results of a pipeline, or the first error among them. */
export async function run(pipeline: ReturnType<Redis['pipeline']>): Promise<unknown[]> {
  const results = (await pipeline.exec()) ?? []
  return results.map(([error, result]) => {
    if (error) throw error
    return result
  })
}

/** Fields and values of a hash by cursor: a hash of any size, never all of it in memory. A field may come twice. */
export async function* scanHash(redis: Redis, key: string): AsyncGenerator<readonly [field: string, value: string]> {
  let cursor = '0'
  do {
    const [next, flat] = await redis.hscan(key, cursor, 'COUNT', 500)
    for (let i = 0; i + 1 < flat.length; i += 2) yield [flat[i] as string, flat[i + 1] as string]
    cursor = next
  } while (cursor !== '0')
}
