/** What most documents are: a key and a string, and perhaps a stamp. The parts are views on the document. */
export interface PlainDocument {
  readonly key: Buffer
  readonly value: Buffer
  readonly stamp: Buffer | undefined
}

const STRING = 0x02
/** Bytes of a value by its BSON type (bsonspec.org, version 1.1), for those whose size is in the type. */
const FIXED_BYTES: Readonly<Record<number, number>> = { 1: 8, 6: 0, 7: 12, 8: 1, 9: 8, 10: 0, 16: 4, 17: 8, 18: 8, 19: 16 }

/**
 * Looks through the bytes of a document without making an object of it: reading 100,000 keys is done with before a decoder has begun.
 * @returns undefined for a document that is not plain: the decoder has to look at it
 */
export function plainDocument(bytes: Buffer): PlainDocument | undefined {
  const strings = new Map<string, Buffer>()
  for (let at = 4; bytes[at] !== 0; ) {
    const type = bytes[at] as number
    const nameEnd = bytes.indexOf(0, at + 1)
    const name = bytes.toString('latin1', at + 1, nameEnd)
    const size = type === STRING ? 4 + bytes.readInt32LE(nameEnd + 1) : FIXED_BYTES[type]
    if (size === undefined || name === 'text') return undefined
    if (type === STRING) strings.set(name, bytes.subarray(nameEnd + 5, nameEnd + size))
    at = nameEnd + 1 + size
  }
  const [key, value] = [strings.get('key'), strings.get('value')]
  return key && value && { key, value, stamp: strings.get('_vt') }
}
