import { describe, expect, it } from 'vitest'
import { eventually } from './eventually.js'

describe('eventually', () => {
  it('gives the first value that holds', async () => {
    let looks = 0
    const value = await eventually(() => (++looks < 3 ? undefined : looks), { everyMs: 1 })
    expect(value).toBe(3)
  })

  it('takes 0 and the empty string for values', async () => {
    expect(await eventually(() => 0)).toBe(0)
    expect(await eventually(() => '')).toBe('')
  })

  it('looks again when an assertion in the condition fails', async () => {
    let looks = 0
    await eventually(
      () => {
        expect(++looks).toBe(2)
        return true
      },
      { everyMs: 1 },
    )
    expect(looks).toBe(2)
  })

  it('says what the last look complained about when time is up', async () => {
    const never = eventually(() => Promise.reject(new Error('the store is empty')), { timeoutMs: 5, everyMs: 1 })
    await expect(never).rejects.toThrow('did not hold within 5 ms: the store is empty')
  })
})
