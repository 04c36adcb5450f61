import { isUtf8 } from 'node:buffer'

/** Bytes as text: all of it, or what stands before the first byte that is no UTF-8. */
export type Decoded = { readonly text: string } | { readonly soundPart: string }

const BOM = Buffer.from([0xef, 0xbb, 0xbf])

/** Decodes UTF-8, without the mark at its start. Nothing is put in place of bytes that are none: in a password nobody would see it. */
export function decodeUtf8(bytes: Buffer): Decoded {
  const body = withoutBom(bytes)
  return isUtf8(body) ? { text: body.toString('utf8') } : { soundPart: soundPartOf(body) }
}

/** The bytes behind a byte order mark of UTF-8, or all of them: a view, no copy. */
export function withoutBom(bytes: Buffer): Buffer {
  return startsWithBom(bytes) ? bytes.subarray(BOM.length) : bytes
}

export function startsWithBom(bytes: Buffer): boolean {
  return bytes.subarray(0, BOM.length).equals(BOM)
}

const REPLACEMENT = '\ufffd'
const REPLACEMENT_BYTES = Buffer.from(REPLACEMENT)

/**
 * The text before the first byte that is no UTF-8. The decoder puts a replacement character where bytes are broken; one that was written has its own bytes.
 * @param bytes some of which are no UTF-8
 */
export function soundPartOf(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  let at = text.indexOf(REPLACEMENT)
  let offset = Buffer.byteLength(text.slice(0, at))
  while (bytes.subarray(offset, offset + REPLACEMENT_BYTES.length).equals(REPLACEMENT_BYTES)) {
    const next = text.indexOf(REPLACEMENT, at + 1)
    offset += Buffer.byteLength(text.slice(at, next))
    at = next
  }
  return text.slice(0, at)
}
