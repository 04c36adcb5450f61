import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batches, chunkBytes } from './chunks.js'
import { FrameWriter } from './frames.js'

const frameOf = (sizes: readonly number[]) => {
  const writer = new FrameWriter('changes')
  for (const [index, size] of sizes.entries()) writer.add(`k${index}`, 'v'.repeat(size))
  return writer.finish()
}
const sizesOf = (frame: Buffer, limits: { records: number; bytes: number }) =>
  [...batches(frame, limits)].map((batch) => batch.map(({ value }) => value.length))

describe('a blob in pieces', () => {
  it('is whole again when they are put together, and no piece is too large', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (bytes, most) => {
        const pieces = chunkBytes(Buffer.from(bytes), most)
        expect(Buffer.concat(pieces)).toEqual(Buffer.from(bytes))
        expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(most)
      }),
    )
  })

  it('is one empty piece when there is nothing in it', () => expect(chunkBytes(Buffer.alloc(0), 10)).toEqual([Buffer.alloc(0)]))
})

describe('records in batches', () => {
  it('end a batch before it has too many records or bytes', () => {
    expect(sizesOf(frameOf([1, 1, 1]), { records: 2, bytes: 1000 })).toEqual([[1, 1], [1]])
    expect(sizesOf(frameOf([8, 8, 8]), { records: 10, bytes: 20 })).toEqual([[8, 8], [8]])
  })

  it('put a record that is too large alone into one of its own', () => {
    expect(sizesOf(frameOf([1, 100, 1]), { records: 10, bytes: 20 })).toEqual([[1], [100], [1]])
  })

  it('are none for a frame without records', () => expect(sizesOf(frameOf([]), { records: 10, bytes: 20 })).toEqual([]))

  it('lose none and keep their order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30)), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 60 }), (sizes, most, bytes) => {
        expect(sizesOf(frameOf(sizes), { records: most, bytes }).flat()).toEqual(sizes)
      }),
    )
  })
})
