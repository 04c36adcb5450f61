import { isUtf8 } from 'node:buffer'

/** Bytes as text: all of it, or what stands before the first byte that is no UTF-8. */
export type Decoded = { readonly text: string } | { readonly soundPart: string }

/** Decodes UTF-8, without the mark at its start. Nothing is put in place of bytes that are none: in a password nobody would see it. */
export function decodeUtf8(bytes: Buffer): Decoded {
  return isUtf8(bytes) ? { text: new TextDecoder().decode(bytes) } : { soundPart: soundPartOf(bytes) }
}

const REPLACEMENT = '\ufffd'
const REPLACEMENT_BYTES = Buffer.from(REPLACEMENT)

/** The decoder puts a replacement character where bytes are broken; one that was written has its own bytes. */
function soundPartOf(bytes: Buffer): string {
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
