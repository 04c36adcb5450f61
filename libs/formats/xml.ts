import { type X2jOptions, XMLParser, XMLValidator } from 'fast-xml-parser'
import type { ParseLimits, TreeListener } from './contract.js'
import { tooDeep } from './json-text.js'
import { emptyFile, type Refusal, refuse, type SourceText } from './source-text.js'
import { decodeReferences } from './xml-references.js'
import { attributePlaces, checkXmlSource, withoutInstructions } from './xml-source.js'

/** Keeps names such as `constructor` out of the parser's own checks; `<` cannot be part of a name. */
const TAG = '<'
const ATTRIBUTES = ':@'
/** Before the name of an attribute that has become a key. */
const ATTRIBUTE_PREFIX = '@'
const CDATA = '#cdata'
const TEXT = '#text'
const BLANKS = ' \t\n\r'

type OrderedNode = { readonly [name: string]: OrderedNode[] | string | Record<string, string> } & {
  readonly [meta: symbol]: { readonly startIndex?: number }
}

interface Element {
  readonly name: string
  readonly at: number
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Element[]
  readonly text: string
}

/**
 * Reads XML: an element is a map of its attributes (`@x`) and children, repeated children are a list, an element with text alone is that text, text beside
 * attributes or children is `#text`. Every value is a string; blanks around text are dropped, CDATA is kept as it is.
 * @throws VarTrackError `format.*` with the place
 */
export function readXml(source: SourceText, listener: TreeListener, limits: ParseLimits): void {
  if (!/[^ \t\r\n]/.test(source.text)) throw emptyFile(source.file)
  const { plain, values } = checkXmlSource(source, limits)
  const checked = { file: source.file, text: withoutInstructions(source.text) }
  validate(checked)
  if (plain && values <= limits.maxKeys && listener.whole !== undefined) return listener.whole(JSON.stringify(parse(checked, limits, PLAIN)))
  const [root] = elementsOf(parse(checked, limits, ORDERED) as OrderedNode[])
  if (root === undefined) throw emptyFile(source.file)
  listener.beginMap(root.at)
  listener.key(root.name, root.at)
  tell(root, source, listener)
  listener.end()
}

function validate(source: SourceText): void {
  const result = XMLValidator.validate(source.text)
  if (result === true) return
  const { msg, line, col } = result.err
  throw refuse(source, offsetOf(source.text, line ?? 1, col ?? 1), notWellFormed(msg.replace(/\.$/, '')))
}

/** The validator counts lines by LF, CRLF or CR and columns in UTF-16 units. */
function offsetOf(text: string, line: number, column: number): number {
  let at = 0
  for (let passed = 1; passed < line; passed += 1) {
    const next = text.slice(at).search(/\r?\n/)
    if (next < 0) break
    at += next + (text[at + next] === '\r' ? 2 : 1)
  }
  return at + column - 1
}

/** What both ways of reading have in common: nothing is guessed at, nothing is decoded. */
const OPTIONS: X2jOptions = {
  ignoreAttributes: false,
  attributeNamePrefix: ATTRIBUTE_PREFIX,
  textNodeName: TEXT,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  strictReservedNames: false,
  jPath: false,
}

/** The tree as the parser builds it. */
const PLAIN: X2jOptions = { ...OPTIONS, trimValues: true }

/** Every piece in its order, with its place. */
const ORDERED: X2jOptions = {
  ...OPTIONS,
  preserveOrder: true,
  captureMetaData: true,
  trimValues: false,
  cdataPropName: CDATA,
  transformTagName: (name: string) => (name.startsWith(TAG) ? name : TAG + name),
  onDangerousProperty: (name: string) => name,
}

function parse(source: SourceText, limits: ParseLimits, options: X2jOptions): unknown {
  try {
    return new XMLParser({ ...options, maxNestedTags: limits.maxDepth }).parse(source.text)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (message.includes('nested tags')) throw refuse(source, -1, tooDeep(limits))
    throw refuse(source, -1, notWellFormed(message))
  }
}

function elementsOf(nodes: readonly OrderedNode[]): Element[] {
  return nodes.flatMap((node) => {
    const tag = Object.keys(node).find((key) => key.startsWith(TAG))
    return tag === undefined ? [] : [elementOf(tag, node)]
  })
}

function elementOf(tag: string, node: OrderedNode): Element {
  const inner = node[tag] as OrderedNode[]
  const at = node[XMLParser.getMetaDataSymbol() as symbol]?.startIndex ?? -1
  const attributes = (node[ATTRIBUTES] ?? {}) as Record<string, string>
  return { name: tag.slice(TAG.length), at, attributes, children: elementsOf(inner), text: textOf(inner) }
}

/** Plain text without the blanks around it and between children; CDATA keeps its blanks. */
function textOf(nodes: readonly OrderedNode[]): string {
  const parts = nodes.filter((node) => CDATA in node || withoutBlanks(stringAt(node, TEXT), true, true) !== '')
  const decoded = parts.map((node, index) => {
    const cdata = node[CDATA] as OrderedNode[] | undefined
    if (cdata !== undefined) return stringAt(cdata[0] ?? {}, TEXT)
    return decodeReferences(withoutBlanks(stringAt(node, TEXT), index === 0, index === parts.length - 1))
  })
  return decoded.join('')
}

/** Without the blanks of XML at its start, its end or both; other blanks (a no-break space) are text. */
function withoutBlanks(text: string, atStart: boolean, atEnd: boolean): string {
  const first = atStart ? text.search(/[^ \t\r\n]/) : 0
  if (first < 0) return ''
  let end = text.length
  if (atEnd) while (end > first && BLANKS.includes(text.charAt(end - 1))) end -= 1
  return text.slice(first, end)
}

function stringAt(node: OrderedNode, name: string): string {
  const text = node[name]
  return typeof text === 'string' ? text : ''
}

function tell(element: Element, source: SourceText, listener: TreeListener): void {
  const attributes = Object.entries(element.attributes)
  if (attributes.length === 0 && element.children.length === 0) return listener.scalar(JSON.stringify(element.text), element.at)
  listener.beginMap(element.at)
  const places = listener.wantsOffsets ? attributePlaces(source.text, element.at) : undefined
  for (const [name, value] of attributes) {
    const at = places?.get(name.slice(ATTRIBUTE_PREFIX.length)) ?? element.at
    listener.key(name, at)
    listener.scalar(JSON.stringify(decodeReferences(value.replace(/[\t\n]/g, ' '))), at)
  }
  if (element.text !== '') {
    listener.key(TEXT, element.at)
    listener.scalar(JSON.stringify(element.text), element.at)
  }
  for (const group of groupByName(element.children)) tellGroup(group, source, listener)
  listener.end()
}

function tellGroup(group: readonly Element[], source: SourceText, listener: TreeListener): void {
  const [first] = group
  if (first === undefined) return
  listener.key(first.name, first.at)
  if (group.length === 1) return tell(first, source, listener)
  listener.beginList(first.at)
  for (const element of group) tell(element, source, listener)
  listener.end()
}

function groupByName(elements: readonly Element[]): Element[][] {
  const groups = new Map<string, Element[]>()
  for (const element of elements) {
    const group = groups.get(element.name)
    if (group === undefined) groups.set(element.name, [element])
    else group.push(element)
  }
  return [...groups.values()]
}

/** What the library says without what it repeats of the file: that may be part of a value. */
function notWellFormed(said: string): Refusal {
  const message = said.replace(/['"][^]*['"]|(?<=\w): [^]*/g, '…')
  return { code: 'format.syntax', message: `The XML is not well-formed: ${message}.`, remedy: 'Correct the file at this place.' }
}
