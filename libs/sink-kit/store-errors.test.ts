import { describe, expect, it } from 'vitest'
import { networkCode, storeError } from './store-errors.js'

describe('the error of a store', () => {
  it.each([
    ['sink.auth', 'stall'],
    ['sink.unreachable', 'retry'],
    ['sink.unavailable', 'retry'],
    ['sink.timeout', 'retry'],
    ['sink.wrong_type', 'stall'],
    ['sink.not_available', 'stall'],
    ['sink.refused', 'stall'],
  ] as const)('%s says what is to be done: %s', (fault, kind) => {
    expect(storeError(fault, 'code 1', 'place')).toMatchObject({
      code: fault,
      disposition: { kind },
      place: { destination: 'place' },
      message: expect.stringContaining('(code 1)'),
    })
  })

  it('waits as long as the store asks, and a second when it does not say', () => {
    expect(storeError('sink.throttled', 'slow', 'place', 7_000).disposition).toEqual({ kind: 'wait', afterMs: 7_000 })
    expect(storeError('sink.throttled', 'slow').disposition).toEqual({ kind: 'wait', afterMs: 1_000 })
    expect(storeError('sink.timeout', 'slow', 'place', 7_000).disposition).toEqual({ kind: 'retry' })
  })
})

describe('the code of a broken network', () => {
  it('is found on the error and below it, for sockets, names and TLS', () => {
    expect(networkCode(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toBe('ECONNRESET')
    expect(networkCode(new Error('x', { cause: new Error('y', { cause: { code: 'ENOTFOUND' } }) }))).toBe('ENOTFOUND')
    expect(networkCode({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
  })

  it.each([undefined, null, 'ECONNRESET', new Error('ECONNRESET'), { code: 11_000 }, { code: 'ENOENT' }])('is not seen in %j', (error) =>
    expect(networkCode(error)).toBeUndefined(),
  )
})
