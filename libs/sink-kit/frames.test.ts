import { describe, expect, it } from 'vitest'
import { FrameWriter, records } from './frames.js'

function frame(): Buffer {
  const writer = new FrameWriter('live')
  writer.add('a', '1')
  return writer.finish()
}

describe('a frame', () => {
  it('gives back what was written', () => {
    const found = [...records(frame())].map(({ op, type, key, value, origin }) => ({ op, type, key: String(key), value: String(value), origin }))
    expect(found).toEqual([{ op: 'entry', type: 'text', key: 'a', value: '1', origin: undefined }])
  })

  it('is refused when it is cut anywhere', () => {
    const whole = frame()
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => [...records(whole.subarray(0, length))]).toThrow(expect.objectContaining({ code: 'frame.malformed' }))
    }
  })

  it('is refused when it says it has origins that are not there', () => {
    const lying = frame()
    lying.writeUInt16LE(18_004, 6)
    expect(() => [...records(lying)]).toThrow(expect.objectContaining({ code: 'frame.malformed' }))
  })
})
