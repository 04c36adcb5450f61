import { describe, expect, it } from 'vitest'
import type { Head } from './contract.js'
import { checkFence } from './fence.js'
import { decodeHead, encodeHead } from './heads.js'

function head(generation: number, fields: Partial<Head> = {}): Head {
  const given = { source: 'github/acme/app', ref: 'refs/heads/main', environment: 'production', commit: 'c', digest: 'd', entries: 1 }
  return { ...given, generation, journal: generation, writtenAt: '2026-01-01T00:00:00.000Z', ...fields }
}

/** The code of the refusal; '' when the write may go on. */
function refusal(current: Head | null, next: Head, expected: Head | null): string {
  try {
    checkFence(current, next, expected, 'place')
    return ''
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('the fence', () => {
  it('lets a first write, a newer one and the same again pass', () => {
    expect(refusal(null, head(1), null)).toBe('')
    expect(refusal(head(1), head(2), head(1))).toBe('')
    expect(refusal(head(1), head(1), head(1))).toBe('')
  })

  it('refuses what is older, whatever its writer has seen', () => {
    expect(refusal(head(2), head(1), null)).toBe('fence.stale')
    expect(refusal(head(2), head(1), head(2))).toBe('fence.stale')
  })

  it('refuses a second release under one generation', () => {
    expect(refusal(head(2, { digest: 'one' }), head(2, { digest: 'other' }), head(2, { digest: 'one' }))).toBe('fence.conflict')
  })

  it('refuses a writer that has not seen what is there now', () => {
    expect(refusal(head(2), head(3), head(1))).toBe('fence.moved')
    expect(refusal(null, head(3), head(1))).toBe('fence.moved')
    expect(refusal(head(1), head(3), null)).toBe('fence.moved')
    expect(refusal(head(1, { writtenAt: 'later' }), head(3), head(1))).toBe('fence.moved')
  })
})

describe('a head as stores keep it', () => {
  it('comes back as it was', () => expect(decodeHead(encodeHead(head(7)), 'place')).toEqual(head(7)))

  it.each(['', 'rubbish', '{}', '[]', 'null', JSON.stringify({ ...head(1), generation: -1 })])(
    'is refused when somebody wrote %j over it',
    (text) => {
      expect(() => decodeHead(text, 'place')).toThrow(expect.objectContaining({ code: 'head.malformed', place: { destination: 'place' } }))
    },
  )
})
