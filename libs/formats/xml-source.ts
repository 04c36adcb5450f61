import type { ParseLimits } from './contract.js'
import { tooDeep } from './json-text.js'
import { emptyFile, type Refusal, refuse, type SourceText } from './source-text.js'

/** Everything of a document that is not plain text, in the order in which it has to be tried. */
const MARKUP = /<!--|<!\[CDATA\[|<\?|<!|<\/|<|&|\]\]>/g
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));/y
/** A start tag: its name, attributes with quoted values, `/` when it is empty. */
const START_TAG = /<[^\s<>/=&"']+(?:\s+[^\s<>/=&"']+\s*=\s*(?:"[^<"]*"|'[^<']*'))*\s*(\/?)>/y
const END_TAG = /<\/[^\s<>/=&"']+\s*>/y
/** What XML 1.0 does not allow as a character. */
const FORBIDDEN = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/**
 * What the parser does not look at: DOCTYPE and entities, characters that XML does not have, depth, markup that is never closed, a wrong encoding.
 * @throws VarTrackError `format.unsafe`, `format.syntax`, `format.too_deep`, `format.empty` with the place
 */
export function checkXmlSource(source: SourceText, limits: ParseLimits): void {
  const { text } = source
  const forbidden = text.search(FORBIDDEN)
  if (forbidden >= 0) throw refuse(source, forbidden, wrong('XML has no such character'))
  rejectEncoding(source)
  let depth = 0
  let roots = 0
  let end = 0
  for (let match = nextMarkup(text, 0); match !== null; match = nextMarkup(text, end)) {
    const at = match.index
    const [markup] = match
    if (depth === 0) rejectOutsideRoot(source, end, at, markup)
    if (markup !== '<') {
      end = endOfMarkup(source, markup, at)
      if (markup === '</') depth -= 1
      continue
    }
    const tag = readStartTag(source, at)
    if (depth === 0) roots += 1
    if (roots > 1) throw refuse(source, at, wrong('there is more than one root element'))
    if (depth >= limits.maxDepth) throw refuse(source, at, tooDeep(limits))
    end = tag.end
    if (!tag.empty) depth += 1
  }
  if (depth === 0) rejectOutsideRoot(source, end, text.length, '')
  if (roots === 0) throw emptyFile(source.file)
}

function nextMarkup(text: string, from: number): RegExpExecArray | null {
  MARKUP.lastIndex = from
  return MARKUP.exec(text)
}

/** Only comments, instructions and blanks may stand beside the root element. */
function rejectOutsideRoot(source: SourceText, from: number, to: number, markup: string): void {
  const between = source.text.slice(from, to).search(/[^ \t\r\n]/)
  if (between >= 0) throw refuse(source, from + between, OUTSIDE_ROOT)
  if (markup === '&' || markup === '<![CDATA[') throw refuse(source, to, OUTSIDE_ROOT)
}

/**
 * Replaces the five entities of XML and character references by what they stand for. {@link checkXmlSource} has refused all others.
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

function readStartTag(source: SourceText, at: number): { end: number; empty: boolean } {
  START_TAG.lastIndex = at
  const match = START_TAG.exec(source.text)
  if (match === null) throw refuse(source, at, wrong('this tag is not complete, or an attribute of it has no quoted value'))
  for (const reference of match[0].matchAll(/&/g)) endOfReference(source, at + reference.index)
  return { end: at + match[0].length, empty: match[1] === '/' }
}

function endOfMarkup(source: SourceText, markup: string, at: number): number {
  if (markup === '<!--') return endOfComment(source, at)
  if (markup === '<![CDATA[') return after(source, ']]>', at, 9)
  if (markup === '<?') return endOfInstruction(source, at)
  if (markup === ']]>') throw refuse(source, at, wrong('`]]>` in a text has to be written `]]&gt;`'))
  if (markup === '<!') throw refuse(source, at, DOCTYPE)
  if (markup === '&') return endOfReference(source, at)
  END_TAG.lastIndex = at
  if (!END_TAG.test(source.text)) throw refuse(source, at, wrong('this closing tag is not complete'))
  return END_TAG.lastIndex
}

function endOfInstruction(source: SourceText, at: number): number {
  const target = /^[^\s?]*/.exec(source.text.slice(at + 2, at + 200))?.[0] ?? ''
  if (target === '') throw refuse(source, at, wrong('this instruction has no name'))
  if (at > 0 && target.toLowerCase() === 'xml') throw refuse(source, at, wrong('the XML declaration has to be the first thing in the file'))
  return after(source, '?>', at, 2)
}

function endOfComment(source: SourceText, at: number): number {
  const end = after(source, '-->', at, 4)
  const dashes = source.text.indexOf('--', at + 4)
  if (dashes !== end - 3) throw refuse(source, dashes, wrong('a comment holds `--`'))
  return end
}

function after(source: SourceText, closing: string, at: number, skip: number): number {
  const end = source.text.indexOf(closing, at + skip)
  if (end < 0) throw refuse(source, at, wrong(`what starts here is never closed by ${closing}`))
  return end + closing.length
}

function endOfReference(source: SourceText, at: number): number {
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

function rejectEncoding(source: SourceText): void {
  const declaration = /^<\?xml\s[^>]*?encoding\s*=\s*["']([^"']*)["']/.exec(source.text)
  const encoding = declaration?.[1]
  if (encoding === undefined || /^(?:utf-?8|utf-?16(?:le|be)?|us-ascii|ascii)$/i.test(encoding)) return
  throw refuse(source, 0, {
    code: 'format.syntax',
    message: `The XML says its encoding is ${encoding}, and is read as UTF-8.`,
    remedy: 'Save it as UTF-8 and correct the declaration.',
  })
}

function wrong(message: string): Refusal {
  return { code: 'format.syntax', message: `The XML is not well-formed: ${message}.`, remedy: 'Correct the file at this place.' }
}

const OUTSIDE_ROOT = wrong('there is text outside the root element')
const DOCTYPE: Refusal = {
  code: 'format.unsafe',
  message: 'The XML has a DOCTYPE or another declaration, which can name files, addresses and endless entities.',
  remedy: 'Remove the declaration and write the values themselves.',
}
const ENTITY: Refusal = {
  code: 'format.unsafe',
  message: 'The XML uses an entity that is not one of &amp; &lt; &gt; &quot; &apos;.',
  remedy: 'Write the character itself, or its number such as &#160;.',
}
