import { type Refusal, refuse, type SourceText } from './source-text.js'

const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#0*([0-9]{1,7})|#x0*([0-9a-fA-F]{1,6}));/y
/** What XML 1.0 does not allow as a character. */
export const FORBIDDEN = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/**
 * Replaces the five entities of XML and character references by what they stand for. All others were refused.
 * @param text text or attribute value of an element
 */
export function decodeReferences(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-z]+));/g, (whole, hex: string | undefined, decimal: string | undefined, name: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    if (decimal !== undefined) return String.fromCodePoint(Number.parseInt(decimal, 10))
    return ENTITIES[name] ?? whole
  })
}

/**
 * Where the reference ends that begins at a place.
 * @throws VarTrackError `format.unsafe` for an entity that is none of the five, `format.syntax` for what is no reference
 */
export function endOfReference(source: SourceText, at: number): number {
  REFERENCE.lastIndex = at
  const match = REFERENCE.exec(source.text)
  if (match === null) throw refuse(source, at, /^&[A-Za-z_]/.test(source.text.slice(at, at + 2)) ? ENTITY : wrong('`&` has to be written `&amp;`'))
  const [, , decimal, hex] = match
  if (decimal !== undefined || hex !== undefined) {
    const code = Number.parseInt(decimal ?? hex ?? '', decimal === undefined ? 16 : 10)
    if (code > 0x10ffff || FORBIDDEN.test(String.fromCodePoint(code))) throw refuse(source, at, wrong('XML has no such character'))
  }
  return REFERENCE.lastIndex
}

/** The refusal of what XML does not allow. */
export function wrong(message: string): Refusal {
  return { code: 'format.syntax', message: `The XML is not well-formed: ${message}.`, remedy: 'Correct the file at this place.' }
}

const ENTITY: Refusal = {
  code: 'format.unsafe',
  message: 'The XML uses an entity that is not one of &amp; &lt; &gt; &quot; &apos;.',
  remedy: 'Write the character itself, or its number such as &#160;.',
}
