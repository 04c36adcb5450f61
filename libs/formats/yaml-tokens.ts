import { CST, isAlias, isMap, isScalar, type ParsedNode } from 'yaml'
import { type Refusal, refuse, type SourceText } from './source-text.js'

/** What the tokens of a document say and the nodes that the library makes of them do not. */
export interface TokenSurvey {
  /** Where each value begins, in the order of the file. */
  readonly starts: readonly number[]
  /** The texts that the library reads otherwise than YAML 1.2, by where they begin. */
  readonly texts: ReadonlyMap<number, string>
  /** The first that the library takes and YAML does not. */
  readonly mistake: Mistake | undefined
  /** Where the last bracket stands that is never closed. */
  readonly unclosed: number | undefined
}

/** What is wrong, and where. */
export interface Mistake {
  readonly at: number
  readonly refusal: Refusal
}

/** Looks at every token of a document before it becomes nodes. */
export function surveyTokens(document: CST.Document, text: string): TokenSurvey {
  const survey: Survey = { text, starts: [], texts: new Map(), mistake: undefined, unclosed: undefined }
  look(document.value, -1, survey)
  return survey
}

/**
 * Holds that all that is written was read: every value of the tokens has to begin a node.
 * @throws VarTrackError `format.syntax` at the first that does not
 */
export function rejectUnread(root: ParsedNode, { starts }: TokenSurvey, source: SourceText): void {
  let next = 0
  const pass = (node: ParsedNode | null): void => {
    if (node === null || (isScalar(node) && node.range[0] === node.range[1])) return
    const [start] = node.range
    while ((starts[next] ?? start) < start) throw refuse(source, starts[next] as number, UNREAD)
    while (starts[next] === start) next += 1
    if (isScalar(node) || isAlias(node)) return
    if (!isMap(node)) return node.items.forEach(pass)
    for (const { key, value } of node.items) {
      pass(key)
      pass(value)
    }
  }
  pass(root)
  const left = starts[next]
  if (left !== undefined) throw refuse(source, left, UNREAD)
}

interface Survey {
  readonly text: string
  readonly starts: number[]
  readonly texts: Map<number, string>
  mistake: Mistake | undefined
  unclosed: number | undefined
}

/** @param indent of the block that the token is in; a text goes on in lines that are indented deeper */
function look(token: CST.Token | null | undefined, indent: number, survey: Survey): void {
  if (!token) return
  if (CST.isCollection(token)) return lookAtItems(token, indent, survey)
  if (token.type === 'alias') survey.starts.push(token.offset)
  // Whatever else stands for a value is an error that the library reports.
  if (!CST.isScalar(token)) return
  if (token.type !== 'block-scalar') return lookAtText(token, indent, survey)
  survey.starts.push(token.offset)
  correct(token, indentedBlock(token, survey.text), survey)
}

function lookAtItems(token: Collection, indent: number, survey: Survey): void {
  survey.starts.push(token.offset)
  if (token.type === 'flow-collection' && token.end.length === 0) survey.unclosed = token.offset
  const inner = token.type === 'flow-collection' ? indent : token.indent
  if (token.type === 'block-map') for (const item of token.items) lookAtColon(item, inner, survey)
  for (const { key, value } of token.items) {
    look(key, inner, survey)
    look(value, inner, survey)
  }
}

type Collection = CST.BlockMap | CST.BlockSequence | CST.FlowCollection

/** A colon that begins a value by itself stands in the column of its map; the library takes one anywhere below, and behind a value, for an empty key. */
function lookAtColon({ start, key, sep, explicitKey }: CST.BlockMap['items'][number], indent: number, survey: Survey): void {
  if (key && !explicitKey) return
  const colon = sep?.find(({ type }) => type === 'map-value-ind')
  if (colon === undefined) return
  const begin = explicitKey ? colon : (start.find(({ type }) => type === 'anchor' || type === 'tag') ?? colon)
  if (colon.indent !== indent || isBehindFlow(survey.text, begin.offset)) note(survey, colon.offset, STRAY_COLON)
}

/** Does a collection in brackets end before this, in the same line? */
function isBehindFlow(text: string, offset: number): boolean {
  let at = offset - 1
  while (text[at] === ' ' || text[at] === '\t') at -= 1
  return text[at] === '}' || text[at] === ']'
}

function lookAtText(token: CST.FlowScalar, indent: number, survey: Survey): void {
  const { type, source, offset } = token
  if (source === '') return
  survey.starts.push(offset)
  const isQuoted = type === 'single-quoted-scalar' || type === 'double-quoted-scalar'
  if (isQuoted && !isClosed(source)) note(survey, offset, UNCLOSED)
  else if (source.includes('\n')) {
    const shallow = shallowLine(source, indent)
    if (shallow >= 0) note(survey, offset + shallow, SHALLOW)
    if (type === 'double-quoted-scalar') correct(token, escapedBreaks(token), survey)
  }
}

function note(survey: Survey, at: number, refusal: Refusal): void {
  if (survey.mistake === undefined || at < survey.mistake.at) survey.mistake = { at, refusal }
}

function correct({ offset }: CST.Token, text: string | undefined, { texts }: Survey): void {
  if (text !== undefined) texts.set(offset, text)
}

/** The library takes any last quote for the closing one: an escaped one too, where the line after it is not indented or there is none. */
function isClosed(quoted: string): boolean {
  const quote = quoted[0] as string
  const last = quoted.length - 1
  if (last === 0 || quoted[last] !== quote) return false
  // Single quotes are escaped by themselves, so that an odd number of them ends the text; the first one opens it.
  let escapes = last - 1
  while (escapes > 0 && quoted[escapes] === (quote === '"' ? '\\' : "'")) escapes -= 1
  return (last - 1 - escapes) % 2 === 0
}

/** Where a line begins that is not deeper than the block, and so does not belong to the text; below 0: nowhere. */
function shallowLine(text: string, indent: number): number {
  for (let at = text.indexOf('\n') + 1; at > 0; at = text.indexOf('\n', at) + 1) {
    let start = at
    while (text[start] === ' ') start += 1
    const isBlank = start === text.length || /[\n\r\t]/.test(text[start] as string)
    if (!isBlank && start - at <= indent) return start
  }
  return -1
}

/**
 * A break after a backslash is nothing, and each empty line below it a line feed; the library leaves out the first (YAML 1.2.2, 7.3.1).
 * @returns the text, if it has such lines
 */
function escapedBreaks(token: CST.FlowScalar): string | undefined {
  const source = token.source.replace(
    ESCAPED_BREAK,
    (_all, before: string, lines: string) => `${before}${'\\n'.repeat(lines.split('\n').length - 1)}\\\n`,
  )
  if (source === token.source) return undefined
  return CST.resolveAsScalar({ ...token, source, end: [] }, false, () => undefined).value
}

const ESCAPED_BREAK = /(?<!\\)((?:\\\\)*)\\\r?\n((?:[ \t]*\r?\n)+)/g

/**
 * A block whose header says how deep it is indented: lines of blanks at its end that are deeper are text, and the library drops them (YAML 1.2.2, 8.1.1.1).
 * @returns the text, if the block has such lines
 */
function indentedBlock(token: CST.BlockScalar, text: string): string | undefined {
  const header = (token.props[0] as CST.SourceToken).source
  const digit = /[1-9]/.exec(header)?.[0]
  if (digit === undefined) return undefined
  const depth = token.indent + Number(digit)
  const start = token.props.reduce((at, prop) => at + ('source' in prop ? prop.source.length : 0), token.offset)
  BLANK_LINES.lastIndex = start + token.source.length
  const dropped = BLANK_LINES.exec(text)?.[0] ?? ''
  const source = token.source + dropped
  if (!/[^ \n\r]/.test(source)) return blankText(source, depth, header)
  if (!dropped.split('\n').some((line) => line.replace('\r', '').length > depth)) return undefined
  return CST.resolveAsScalar({ ...token, source }, false, () => undefined).value
}

const BLANK_LINES = /(?: *\r?\n)*(?: +$)?/y

/** The text of a block of nothing but blanks; the library has none for it. */
function blankText(source: string, depth: number, header: string): string | undefined {
  const lines = source
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map((line) => line.slice(depth))
  const end = lines.findLastIndex((line) => line !== '') + 1
  if (end === 0) return undefined
  if (header.includes('-')) return lines.slice(0, end).join('\n')
  return `${lines.slice(0, header.includes('+') ? lines.length : end).join('\n')}\n`
}

const UNREAD: Refusal = {
  code: 'format.syntax',
  message: 'The YAML is not valid: what stands here belongs to no key and to no list.',
  remedy: 'Take it away, or give it a key. The value of a key that begins with `?` begins with `:`.',
}

const UNCLOSED: Refusal = {
  code: 'format.syntax',
  message: 'The YAML is not valid: the quote that begins here is never closed.',
  remedy: 'Close it, or take it away.',
}

const STRAY_COLON: Refusal = {
  code: 'format.syntax',
  message: 'The YAML is not valid: the colon has no key before it.',
  remedy: 'Give it a key, or put it in the column of the `?` that it belongs to.',
}

const SHALLOW: Refusal = {
  code: 'format.syntax',
  message: 'The YAML is not valid: the text before goes on here, in a line that is not indented deeper than its key.',
  remedy: 'Indent the line, or end the text before it.',
}
