import { describe, expect, it } from 'vitest'
import { createSizedCache } from './sized-cache.js'

describe('a sized cache', () => {
  it('forgets what was used longest ago when it holds too much', () => {
    const cache = createSizedCache<string>(10, (value) => value.length)
    cache.set('a', 'aaaa')
    cache.set('b', 'bbbb')
    cache.get('a')
    cache.set('c', 'cccc')
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['aaaa', undefined, 'cccc'])
  })

  it('does not hold what is larger than all it may hold', () => {
    const cache = createSizedCache<string>(3, (value) => value.length)
    cache.set('a', 'aaaa')
    expect(cache.get('a')).toBeUndefined()
  })

  it('counts a replaced value once', () => {
    const cache = createSizedCache<string>(10, (value) => value.length)
    cache.set('b', 'bbbb')
    for (let round = 0; round < 5; round++) cache.set('a', 'aaaaaa')
    expect([cache.get('a'), cache.get('b')]).toEqual(['aaaaaa', 'bbbb'])
  })
})
