import { describe, expect, it } from 'vitest'
import { startChain } from '../support/chain.js'

/** Enough that several polls fall into a write. */
const PUSHES = 25

describe('a poll that falls into a write', () => {
  it('takes no half of it for drift, however many pushes come', async () => {
    await using chain = await startChain({ name: 'half', pollInterval: '50ms' })
    for (let push = 1; push <= PUSHES; push++) {
      const keys = Array.from({ length: 40 }, (_, key) => [`key${key}`, String(push)] as const)
      await chain.repository.commitFiles('main', { 'configs/app.yaml': keys.map(([key, value]) => `${key}: ${value}\n`).join('') })
      await chain.eventuallyEverywhere(Object.fromEntries(keys))
    }
    expect(chain.varTrack.log().filter((line) => line.msg.startsWith('drift'))).toEqual([])
  }, 120_000)
})
