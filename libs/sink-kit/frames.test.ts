import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ENTRY_TYPE, type EntryType, type FrameRecord, FrameWriter, HEADER_BYTES, OP, type Op, RECORD_BYTES, recordCount, records } from './frames.js'

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

  it('is refused when it has records of no known kind', () => {
    for (const at of [HEADER_BYTES, HEADER_BYTES + 1]) {
      const odd = frame()
      odd[at] = 200
      expect(() => [...records(odd)]).toThrow(expect.objectContaining({ code: 'frame.malformed' }))
    }
  })

  it('carries any entries whatever, in their order', () => {
    fc.assert(
      fc.property(fc.array(ENTRY), fc.nat(10_000), (entries, expectedBytes) => {
        const whole = frameOf(entries, expectedBytes)
        expect(recordCount(whole)).toBe(entries.length)
        expect([...records(whole)].map(asEntry)).toEqual(entries)
      }),
    )
  })

  it('with any bytes changed or cut gives records that lie within it, or is refused', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255) })
    fc.assert(
      fc.property(fc.array(ENTRY, { maxLength: 5 }), fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat(200), (entries, changes, cut) => {
        const bytes = Buffer.from(frameOf(entries))
        for (const { at, byte } of changes) bytes[at % bytes.length] = byte
        expectFrameOrRefusal(bytes.subarray(0, Math.max(0, bytes.length - cut)))
      }),
      { numRuns: 500 },
    )
  })

  it('made of any bytes whatever gives records that lie within it, or is refused', () => {
    const bytes = fc.uint8Array({ maxLength: 200 })
    fc.assert(
      fc.property(bytes, fc.boolean(), (rest, hasMagic) => expectFrameOrRefusal(Buffer.concat([Buffer.from(hasMagic ? 'VTF1' : ''), rest]))),
      { numRuns: 500 },
    )
  })
})

type Entry = readonly [key: string, value: string, type: EntryType, op: Op]

const TEXT = fc.string({ unit: 'grapheme', maxLength: 40 })
const ENTRY: fc.Arbitrary<Entry> = fc.tuple(
  TEXT,
  TEXT,
  fc.constantFrom(...(Object.keys(ENTRY_TYPE) as EntryType[])),
  fc.constantFrom(...(Object.keys(OP) as Op[])),
)

function frameOf(entries: readonly Entry[], expectedBytes?: number): Buffer {
  const writer = new FrameWriter('changes', expectedBytes)
  for (const entry of entries) writer.add(...entry)
  return writer.finish()
}

function asEntry({ key, value, type, op }: FrameRecord): Entry {
  return [key.toString(), value.toString(), type, op]
}

/** Reading ends: every record takes at least its header. */
function expectFrameOrRefusal(bytes: Buffer): void {
  let read = 0
  let refusal: unknown
  try {
    for (const { key, value } of records(bytes)) read += RECORD_BYTES + key.length + value.length
  } catch (error) {
    refusal = (error as { code: string }).code
  }
  expect([undefined, 'frame.malformed']).toContain(refusal)
  expect(read).toBeLessThanOrEqual(bytes.length)
}
