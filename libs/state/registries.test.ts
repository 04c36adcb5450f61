import { describe, expect, it } from 'vitest'
import { openTestState } from '../../test/support/test-state.js'

describe('what is known of a schema registry', () => {
  it('is nothing at first, then each version apart', async () => {
    await using testState = await openTestState()
    const state = testState.fresh()
    const key = 'github my-org/schemas refs/heads/main'
    expect(await state.registry(key)).toEqual({})
    await state.putRegistry(key, { read: 'a' })
    await state.putRegistry('another', { read: 'x', planned: 'x' })
    await state.putRegistry(key, { planned: 'b' })
    expect(await state.registry(key)).toEqual({ read: 'a', planned: 'b' })
  })
})
