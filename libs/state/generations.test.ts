import type { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { eventually } from '../../test/support/eventually.js'
import { withTestState } from '../../test/support/test-state.js'
import type { SourceAt, State } from './index.js'

let redis: Redis
let state: State
withTestState((testState) => {
  redis = testState.redis
  state = testState.fresh()
})
afterEach(async () => {
  await redis.flushdb()
})

const at: SourceAt = { datasource: '*', location: '*', source: 'github/acme/app' }

/** Of Redis, in ms. */
async function clock(): Promise<number> {
  const [seconds, microseconds] = await redis.time()
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000)
}

/** No clock has come so far. */
const AHEAD = 9_000_000_000_000

describe('generations', () => {
  it('come in pairs, each above the last', async () => {
    const first = await state.takeGeneration(at, AHEAD)
    expect(await state.takeGeneration(at, 0)).toBe(first + 2)
    expect(await state.generation(at)).toBe(first + 3)
  })

  it('are above all that were given before, when Redis has lost how many these were', async () => {
    const before = await state.takeGeneration(at, 0)
    await redis.flushdb()
    // No Redis is back within a millisecond.
    await eventually(async () => 2 * (await clock()) > before)
    expect(await state.takeGeneration(at, 0)).toBeGreaterThan(before + 1)
  })

  it('go on above what the destination knows when Redis was emptied', async () => {
    await state.takeGeneration(at, 0)
    await redis.flushdb()
    expect(await state.generation(at)).toBeUndefined()
    expect(await state.takeGeneration(at, AHEAD)).toBe(AHEAD + 1)
  })

  it('are never given twice, however many ask at once', async () => {
    const taken = await Promise.all(Array.from({ length: 100 }, () => state.takeGeneration(at, 0)))
    expect(new Set(taken).size).toBe(100)
    expect(taken.every((generation) => generation % 2 === 1)).toBe(true)
  })

  it('survive a counter that is no number', async () => {
    await state.takeGeneration(at, 0)
    const [key] = await redis.keys('*generation*')
    await redis.set(key as string, 'rubbish')
    expect(await state.takeGeneration(at, AHEAD)).toBe(AHEAD + 1)
  })
})
