import { describe, expect, it } from 'vitest'
import { inParallel } from './in-parallel.js'

const turn = () => new Promise((resolve) => setImmediate(resolve))

async function* endingEarly() {
  yield 1
  await turn()
  await turn()
  throw new Error('Redis is away')
}

describe('work on many things at once', () => {
  it('does each of them, and never more than so many at a time', async () => {
    const done: number[] = []
    let running = 0
    let most = 0
    await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1
      most = Math.max(most, running)
      await turn()
      running -= 1
      done.push(item)
    })
    expect([done, most]).toEqual([[1, 2, 3, 4, 5, 6, 7], 3])
  })

  it('ends with the first failure, after those that run have ended', async () => {
    const ended: number[] = []
    const work = inParallel([1, 2, 3, 4], 2, async (item) => {
      await turn()
      if (item === 1) throw new Error('first')
      await turn()
      ended.push(item)
    })
    await expect(work).rejects.toThrow('first')
    expect(ended).toEqual([2])
  })

  it('leaves no failure unhandled when the items themselves end early', async () => {
    const failing = inParallel(endingEarly(), 4, async () => {
      throw new Error('of an item')
    })
    await expect(failing).rejects.toThrow('Redis is away')
  })
})
