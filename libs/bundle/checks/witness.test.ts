import { describe, expect, it } from 'vitest'
import { commonOf, commonWitness } from './witness.js'

describe('globs that overlap', () => {
  it.each([
    ['configs/**', 'configs/app.yaml'],
    ['configs/*.yaml', 'configs/**'],
    ['**', 'my-org/*'],
    ['my-{org,team}/*', 'my-org/a'],
    ['a?.[jy]*', 'ab.json'],
    ['app.yaml', 'app.yaml'],
  ])('%s and %s', (a, b) => {
    expect(commonWitness(a, b)).toBeDefined()
    expect(commonWitness(b, a)).toBeDefined()
  })

  it.each([
    ['configs/*.yaml', 'configs/*.json'],
    ['my-org/*', 'other/*'],
    ['a/*', 'a/b/c'],
  ])('do not include %s and %s', (a, b) => {
    expect(commonWitness(a, b)).toBeUndefined()
  })

  it('do not count where what they share is excluded', () => {
    expect(commonOf(['my-org/*'], ['my-org/a'])).toBe('my-org/a')
    expect(commonOf(['my-org/*'], ['my-org/a'], ['my-org/a'])).toBeUndefined()
  })
})
