import type { ParseLimits } from './contract.js'
import { duplicateKey, tooDeep, tooManyKeys } from './json-text.js'
import { emptyFile, positionAt, type Refusal, refuse, type SourceText } from './source-text.js'
import { endOf } from './sticky.js'
import { endOfReference, FORBIDDEN, wrong } from './xml-references.js'

/** Everything of a document that is not plain text, in the order in which it has to be tried. */
const MARKUP = /<!--|<!\[CDATA\[|<\?|<!|<\/|<|&|\]\]>/g
/** A start tag in its parts: its name, each attribute with its quoted value, and its end, `/` when it is empty. */
const TAG_NAME = /<([^\s<>/=&"']+)/y
const ATTRIBUTE = /[ \t\r\n]+([^\s<>/=&"']+)[ \t\r\n]*=[ \t\r\n]*(?:"([^<"]*)"|'([^<']*)')/y
const TAG_END = /[ \t\r\n]*(\/?)>/y
const NO_BLANK = /[^ \t\r\n]/g
/** What nearly all names are made of, and what XML 1.0 allows (productions 4 and 4a). */
const SIMPLE_NAME = /^[A-Za-z_:][\w:.-]*$/
const NAME_START =
  ':A-Z_a-z\\u{c0}-\\u{d6}\\u{d8}-\\u{f6}\\u{f8}-\\u{2ff}\\u{370}-\\u{37d}\\u{37f}-\\u{1fff}\\u{200c}\\u{200d}\\u{2070}-\\u{218f}\\u{2c00}-\\u{2fef}\\u{3001}-\\u{d7ff}\\u{f900}-\\u{fdcf}\\u{fdf0}-\\u{fffd}\\u{10000}-\\u{effff}'
const NAME = new RegExp(`^[${NAME_START}][${NAME_START}\\-.0-9\\u{b7}\\u{300}-\\u{36f}\\u{203f}\\u{2040}]*$`, 'u')
const DECLARATION =
  /<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"[\w.-]+"|'[\w.-]+'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/y
const END_TAG = /<\/([^\s<>/=&"']+)[ \t\r\n]*>/y
/** A value that the parser and XML trim alike, and that needs no decoding. */
const PLAIN_ATTRIBUTE = /^(?:[!-%'-~](?:[ -%'-~\u0080-\u{10ffff}]*[!-%'-~])?)?$/u

/** What is known of a document that was checked. */
export interface CheckedXml {
  /** No references, no CDATA, no text beside elements, no blanks of other scripts: what the parser makes of it as it is, is what it means. */
  readonly plain: boolean
  /** Elements and attributes. */
  readonly values: number
}

/**
 * What the parser does not look at: DOCTYPE and entities, characters that XML does not have, depth, markup that is never closed, a wrong encoding.
 * @throws VarTrackError `format.unsafe`, `format.syntax`, `format.duplicate_key`, `format.too_deep`, `format.empty` with the place
 */
export function checkXmlSource(source: SourceText, limits: ParseLimits): CheckedXml {
  const { text } = source
  const forbidden = text.search(FORBIDDEN)
  if (forbidden >= 0) throw refuse(source, forbidden, wrong('XML has no such character'))
  rejectEncoding(source)
  /** The elements that are open, and where their tags begin. */
  const open: string[] = []
  const places: number[] = []
  let roots = 0
  let end = 0
  let values = 0
  /** Values that the document has at least: its attributes, and elements that hold neither these nor others. */
  let scalars = 0
  let plain = true
  /** The last markup was a start tag: text up to its end tag is all there is in the element. */
  let opened = false
  let bare = false
  for (let match = nextMarkup(text, 0); match !== null; match = nextMarkup(text, end)) {
    const at = match.index
    const [markup] = match
    if (open.length === 0) rejectOutsideRoot(source, end, at, markup)
    else if (plain && at > end) plain = opened && markup === '</' ? isTrimmedAlike(text, end, at) : isBlank(text, end, at)
    if (opened && bare && markup === '</') scalars += 1
    opened = false
    if (markup !== '<') {
      end = markup === '</' ? endOfEndTag(source, at, open.pop(), places.pop()) : endOfMarkup(source, markup, at)
      if (markup === '&' || markup === '<![CDATA[') plain = false
      continue
    }
    const tag = readStartTag(source, at, limits.maxKeys)
    values += 1 + tag.attributes
    bare = tag.attributes === 0
    scalars += tag.empty && bare ? 1 : tag.attributes
    if (scalars > limits.maxKeys) throw refuse(source, at, tooManyKeys(limits))
    plain &&= tag.plain
    if (open.length === 0) roots += 1
    if (roots > 1) throw refuse(source, at, wrong('there is more than one root element'))
    if (open.length >= limits.maxDepth) throw refuse(source, at, tooDeep(limits))
    end = tag.end
    opened = !tag.empty
    if (opened) {
      open.push(tag.name)
      places.push(at)
    }
  }
  const unclosed = places.pop()
  if (unclosed !== undefined) throw refuse(source, unclosed, wrong('this element is never closed'))
  rejectOutsideRoot(source, end, text.length, '')
  if (roots === 0) throw emptyFile(source.file)
  return { plain, values }
}

function isBlank(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (text.charCodeAt(at) > 0x20) return false
  return true
}

/** What stands first and last within the blanks of XML is no blank that only JavaScript takes for one; ASCII has none. */
function isTrimmedAlike(text: string, from: number, to: number): boolean {
  let first = from
  let last = to - 1
  while (first < last && text.charCodeAt(first) <= 0x20) first += 1
  while (last > first && text.charCodeAt(last) <= 0x20) last -= 1
  return text.charCodeAt(first) < 0x80 && text.charCodeAt(last) < 0x80
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

interface StartTag {
  readonly name: string
  readonly end: number
  readonly empty: boolean
  readonly attributes: number
  readonly plain: boolean
}

/** Attribute by attribute: one pattern over a tag of megabytes takes as much memory to go back. */
function readStartTag(source: SourceText, at: number, maxKeys: number): StartTag {
  const { text } = source
  TAG_NAME.lastIndex = at
  const name = TAG_NAME.exec(text)?.[1]
  if (name === undefined) throw refuse(source, at, wrong('`<` begins no tag here and has to be written `&lt;`'))
  if (!isName(name)) throw refuse(source, at + 1, NOT_A_NAME)
  let end = TAG_NAME.lastIndex
  let attributes = 0
  let plain = !isInherited(name)
  let seen: Map<string, number> | undefined
  let first = ''
  let firstAt = 0
  for (let match = nextAttribute(text, end); match !== null; match = nextAttribute(text, end)) {
    const [whole, attribute = '', double, single] = match
    const attributeAt = end + whole.indexOf(attribute)
    if (!isName(attribute)) throw refuse(source, attributeAt, NOT_A_NAME)
    if (attributes === 0) {
      first = attribute
      firstAt = attributeAt
    } else {
      seen ??= new Map([[first, firstAt]])
      const given = seen.get(attribute)
      if (given !== undefined) throw duplicateKey(source, `@${attribute}`, attributeAt, given)
      seen.set(attribute, attributeAt)
    }
    const value = double ?? single ?? ''
    if (value.includes('&')) for (const reference of whole.matchAll(/&/g)) endOfReference(source, end + reference.index)
    plain &&= PLAIN_ATTRIBUTE.test(value) && !isInherited(attribute)
    attributes += 1
    if (attributes > maxKeys) throw refuse(source, end, tooManyKeys({ maxKeys }))
    end = ATTRIBUTE.lastIndex
  }
  TAG_END.lastIndex = end
  const closing = TAG_END.exec(text)
  if (closing === null) throw incompleteTag(source, nextText(text, end) ?? at)
  return { name, end: TAG_END.lastIndex, empty: closing[1] === '/', attributes, plain }
}

function incompleteTag(source: SourceText, at: number) {
  return refuse(source, at, endOf(OPEN_ATTRIBUTE, source.text, at) > at ? LESS_THAN : INCOMPLETE)
}

/** An attribute up to a `<` in its value. */
const OPEN_ATTRIBUTE = /[^\s<>/=&"']+[ \t\r\n]*=[ \t\r\n]*(?:"[^"<]*|'[^'<]*)</y

/** The offset of what is no blank. */
function nextText(text: string, from: number): number | undefined {
  NO_BLANK.lastIndex = from
  return NO_BLANK.exec(text)?.index
}

function nextAttribute(text: string, at: number): RegExpExecArray | null {
  ATTRIBUTE.lastIndex = at
  return ATTRIBUTE.exec(text)
}

/** Where the attributes of an element are written, by name. @param at where its start tag begins, in a document that was checked */
export function attributePlaces(text: string, at: number): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  TAG_NAME.lastIndex = at
  let end = TAG_NAME.test(text) ? TAG_NAME.lastIndex : text.length
  for (let match = nextAttribute(text, end); match !== null; match = nextAttribute(text, end)) {
    const [whole, name = ''] = match
    places.set(name, end + whole.indexOf(name))
    end = ATTRIBUTE.lastIndex
  }
  return places
}

/** Every object has these, and the parser treats them apart. */
function isInherited(name: string): boolean {
  return name in Object.prototype || name === 'prototype'
}

function endOfMarkup(source: SourceText, markup: string, at: number): number {
  if (markup === '<!--') return endOfComment(source, at)
  if (markup === '<![CDATA[') return after(source, ']]>', at, 9)
  if (markup === '<?') return endOfInstruction(source, at)
  if (markup === ']]>') throw refuse(source, at, wrong('`]]>` in a text has to be written `]]&gt;`'))
  if (markup === '<!') throw refuse(source, at, DOCTYPE)
  return endOfReference(source, at)
}

/**
 * Names no element: what is no markup, but part of a text with `<` in it, must not be repeated.
 * @param open the element that has to be closed here, and where it begins
 */
function endOfEndTag(source: SourceText, at: number, open: string | undefined, openedAt = 0): number {
  END_TAG.lastIndex = at
  const name = END_TAG.exec(source.text)?.[1]
  if (name === undefined) throw refuse(source, at, wrong('this closing tag is not complete'))
  if (open === undefined) throw refuse(source, at, wrong('this tag closes nothing'))
  if (name !== open) throw refuse(source, at, wrong(`the element of line ${positionAt(source.text, openedAt).line} has to be closed first`))
  return END_TAG.lastIndex
}

function endOfInstruction(source: SourceText, at: number): number {
  INSTRUCTION_TARGET.lastIndex = at + 2
  const target = INSTRUCTION_TARGET.exec(source.text)?.[0] ?? ''
  if (target === '') throw refuse(source, at, wrong('this instruction has no name'))
  if (!isName(target)) throw refuse(source, at + 2, NOT_A_NAME)
  if (target.toLowerCase() === 'xml') rejectDeclaration(source, at)
  if (!/^(?:[ \t\r\n]|\?>)/.test(source.text.slice(at + 2 + target.length, at + 4 + target.length))) throw refuse(source, at, NAME_RUNS_ON)
  return after(source, '?>', at, 2)
}

const INSTRUCTION_TARGET = /[^\s?]*/y

function rejectDeclaration(source: SourceText, at: number): void {
  if (at > 0) throw refuse(source, at, wrong('the XML declaration has to be the first thing in the file'))
  DECLARATION.lastIndex = 0
  if (!DECLARATION.test(source.text)) throw refuse(source, at, wrong('the XML declaration is not `<?xml version="1.0" encoding="UTF-8"?>`'))
}

/**
 * The text with nothing in its instructions: the parser looks for quotes in them, and an apostrophe is none. Every place stays where it was.
 * @param text of a document that {@link checkXmlSource} has checked
 */
export function withoutInstructions(text: string): string {
  if (!/<\?(?!xml\s)/.test(text)) return text
  return text.replace(/<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<\?(?!xml\s)[^\s?]*([^]*?)\?>/g, (whole, inside: string | undefined) =>
    inside === undefined ? whole : `${whole.slice(0, whole.length - inside.length - 2)}${inside.replace(/\S/g, ' ')}?>`,
  )
}

function isName(name: string): boolean {
  return SIMPLE_NAME.test(name) || NAME.test(name)
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

const NAME_RUNS_ON = wrong('the name of this instruction has to end with a blank or `?>`')
const INCOMPLETE = wrong('this tag is not complete, or an attribute of it has no quoted value')
const LESS_THAN: Refusal = {
  ...wrong('the value of this attribute holds a `<`, or its quote is never closed'),
  remedy: 'Write `&lt;` for a `<` in an attribute, and close its quote.',
}
const NOT_A_NAME = wrong('a name has to stand here, and this is none (a `<` in a text is written `&lt;`)')
const OUTSIDE_ROOT = wrong('there is text outside the root element')
const DOCTYPE: Refusal = {
  code: 'format.unsafe',
  message: 'The XML has a DOCTYPE or another declaration, which can name files, addresses and endless entities.',
  remedy: 'Remove the declaration and write the values themselves.',
}
