import { describe, expect, it } from 'vitest'
import { FrameWriter } from './frames.js'
import { checkLimits } from './limits.js'

const LIMITS = { keyBytes: 4, valueBytes: 8, batchBytes: 2_000 }

function check(key: string, value: string, records = 1): () => void {
  const writer = new FrameWriter('changes')
  for (let left = records; left > 0; left--) writer.add(key, value, 'string', 'put')
  return () => checkLimits(writer.finish(), LIMITS, 'production')
}

describe('the limits of a store', () => {
  it('take what is just at them', () => expect(check('kkkk', 'vvvvvvvv')).not.toThrow())

  it('are counted in bytes, not in characters', () => {
    expect(check('ééé', 'v')).toThrow(expect.objectContaining({ code: 'sink.limit' }))
    expect(check('k', '🦀🦀')).not.toThrow()
  })

  it('refuse a key or a value of one byte more, and say which', () => {
    expect(check('kkkkk', 'v')).toThrow(expect.objectContaining({ code: 'sink.limit', place: { destination: 'production', key: 'kkkkk' } }))
    expect(check('k', 'v'.repeat(9))).toThrow(expect.objectContaining({ message: expect.stringContaining('9 bytes long; the store takes 8') }))
  })

  it('never repeat the value, nor all of a long key', () => {
    const refusal = (() => {
      try {
        check('k'.repeat(500), 'canary')()
        return ''
      } catch (error) {
        return JSON.stringify(error)
      }
    })()
    expect(refusal).toContain('k'.repeat(200))
    expect(refusal).not.toContain('k'.repeat(201))
    expect(refusal).not.toContain('canary')
  })

  it('refuse too much together', () => expect(check('k', 'v', 120)).toThrow(expect.objectContaining({ code: 'sink.limit' })))
})
