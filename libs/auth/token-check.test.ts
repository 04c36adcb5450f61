import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { bearerToken, createStartToken, createTokenCheck } from './token-check.js'

const sha256 = (token: string) => createHash('sha256').update(token).digest('hex')

describe('bearer token', () => {
  const check = createTokenCheck([
    { name: 'ci', sha256: sha256('one'), groups: ['ci'] },
    { name: 'ops', sha256: sha256('two').toUpperCase() },
    { name: 'broken', sha256: '' },
  ])

  it('tells its owner', () => {
    expect(check('one')).toEqual({ name: 'ci', groups: ['ci'] })
    expect(check('two')).toEqual({ name: 'ops', groups: [] })
  })

  it.each([
    [undefined, 'auth.token_missing'],
    ['', 'auth.token_missing'],
    ['three', 'auth.token_unknown'],
    [sha256('one'), 'auth.token_unknown'],
  ])('%j is refused with %s', (token, code) => {
    expect(() => check(token)).toThrow(expect.objectContaining({ code, status: 401 }))
  })

  it('is made anew at each start', () => {
    const { token, record } = createStartToken()
    expect(createTokenCheck([record])(token).name).toBe('start')
    expect(createStartToken().token).not.toBe(token)
  })

  it.each([
    ['Bearer abc', 'abc'],
    ['bearer  abc ', 'abc'],
    ['Basic abc', undefined],
    ['Bearer a b', undefined],
    ['Bearer ', undefined],
    [undefined, undefined],
  ])('in the header %j is %j', (header, expected) => {
    expect(bearerToken(header)).toBe(expected)
  })
})
