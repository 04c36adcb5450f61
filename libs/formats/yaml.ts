import { Composer, type Document, isAlias, isMap, isScalar, isSeq, Lexer, type ParsedNode, Parser } from 'yaml'
import type { ParseLimits, TreeListener } from './contract.js'
import { notAMap, tooDeep, tooManyKeys } from './json-text.js'
import { emptyFile, type Refusal, refuse, type SourceText } from './source-text.js'
import { type Anchors, resolveAnchors } from './yaml-anchors.js'
import { ADD_BLANK, lacksBlank, secondDocument, syntaxError } from './yaml-errors.js'
import { createIndentKeeper, createLeafCount, isInTooManyPieces, SCALAR_FOLLOWS, TOO_MANY_PIECES } from './yaml-lexemes.js'
import { isCoreTag, scalarJson, scalarText, type YamlSource } from './yaml-scalar.js'
import { rejectUnread, surveyTokens, type TokenSurvey } from './yaml-tokens.js'

/** The parser keeps a few tokens beside the collections that are open. */
const STACK_SLACK = 8
/** Lexemes per value in ordinary files stay below this; more means a file of nothing but punctuation. */
const LEXEMES_PER_KEY = 64

type Token = Parameters<Composer['next']>[0]

/**
 * Reads YAML 1.2 with the core schema. The library gives every scalar as text (failsafe schema), and the core schema is applied here, so that numbers keep their
 * digits; duplicate keys are found by the listener, because the library compares each key with every other.
 * @throws VarTrackError `format.*` and `limit.keys` with the place
 */
export function readYaml(given: SourceText, listener: TreeListener, limits: ParseLimits): void {
  const source = withYamlLines(given)
  const { document, survey } = onlyDocument(source, limits)
  const root = document.contents
  if (root === null || (isScalar(root) && root.source === '' && root.type === 'PLAIN' && !root.tag && !root.anchor)) throw emptyFile(source.file)
  rejectUnread(root, survey, source)
  const anchors = resolveAnchors(root, source, limits)
  if (isScalar(root) && root.tag === undefined && lacksBlank(source.text, root.range[0]))
    throw refuse(source, root.range[0], { ...notAMap('a single value'), remedy: ADD_BLANK })
  tell(root, { source: { ...source, texts: survey.texts }, listener, anchors })
}

/** What YAML does not allow as a character: the library takes it. */
const CONTROL = /[^\t\n\r\x20-\u{10ffff}]/u

/** A carriage return alone ends a line in YAML, but not to the library. Every place stays where it was. */
function withYamlLines(source: SourceText): SourceText {
  const control = source.text.search(CONTROL)
  if (control >= 0) throw refuse(source, control, CONTROL_CHARACTER)
  return source.text.includes('\r') ? { ...source, text: source.text.replace(/\r(?!\n)/g, '\n') } : source
}

interface Surveyed {
  readonly document: Document.Parsed
  readonly survey: TokenSurvey
}

function onlyDocument(source: SourceText, limits: ParseLimits): Surveyed {
  const options = { version: '1.2', schema: 'failsafe', uniqueKeys: false, merge: false, resolveKnownTags: false, prettyErrors: false } as const
  const composer = new Composer(options)
  const surveys: TokenSurvey[] = []
  const documents: Document.Parsed[] = []
  for (const document of composer.compose(surveyed(tokens(source, limits), source.text, surveys), true, source.text.length)) {
    rejectErrors(document, surveys[documents.length], source)
    documents.push(document)
    if (documents.length > 1) throw secondDocument(source, document)
  }
  const [document] = documents
  const [survey] = surveys
  if (document === undefined || survey === undefined) throw emptyFile(source.file)
  return { document, survey }
}

/** The tokens as they are; the survey of each document is there before the document is. */
function* surveyed(given: Iterable<Token>, text: string, surveys: TokenSurvey[]): Generator<Token> {
  for (const token of given) {
    if (token.type === 'document') surveys.push(surveyTokens(token, text))
    yield token
  }
}

/** The parser's tokens, with depth and number watched while it works and not after. */
function* tokens(source: SourceText, limits: ParseLimits): Generator<Token> {
  const parser = new Parser()
  const lexer = new Lexer()
  const keepIndent = createIndentKeeper(lexer)
  const leaves = createLeafCount()
  let lexemes = 0
  let versions = 0
  let isText = false
  for (const lexeme of lexer.lex(source.text)) {
    keepIndent(lexeme, isText)
    if (isInTooManyPieces(lexeme)) throw refuse(source, parser.offset, TOO_MANY_PIECES)
    for (const token of parser.next(lexeme)) {
      if (token.type === 'directive' && /^%YAML\b/.test(token.source)) versions += 1
      if (versions > 1) throw refuse(source, token.offset, SECOND_VERSION)
      yield token
    }
    lexemes += 1
    if (parser.stack.length > limits.maxDepth + STACK_SLACK) throw refuse(source, parser.offset, tooDeep(limits))
    if (lexemes > limits.maxKeys * LEXEMES_PER_KEY || leaves.atLeast(lexeme, isText) > limits.maxKeys)
      throw refuse(source, parser.offset, tooManyKeys(limits))
    isText = lexeme === SCALAR_FOLLOWS && !isText
  }
  yield* parser.end()
}

function rejectErrors(document: Document.Parsed, survey: TokenSurvey | undefined, source: SourceText): void {
  const [error] = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0])
  const mistake = survey?.mistake
  if (mistake !== undefined && mistake.at <= (error?.pos[0] ?? mistake.at)) throw refuse(source, mistake.at, mistake.refusal)
  if (error !== undefined) throw syntaxError(source, error, survey?.unclosed)
  for (const warning of document.warnings) {
    if (warning.code !== 'TAG_RESOLVE_FAILED') throw syntaxError(source, warning, survey?.unclosed)
    const tag = /^Unresolved tag: (.*)$/s.exec(warning.message)?.[1] ?? ''
    if (!isCoreTag(tag)) throw unknownTag(source, warning.pos[0])
  }
}

interface Walk {
  readonly source: YamlSource
  readonly listener: TreeListener
  readonly anchors: Anchors
}

function tell(node: ParsedNode | null, walk: Walk): void {
  const { listener } = walk
  if (node === null) return listener.scalar('null', -1)
  if (isAlias(node)) return tell(walk.anchors.target(node), walk)
  if (isScalar(node)) return listener.scalar(scalarJson(node, walk.source), node.range[0])
  rejectCollectionTag(node, walk.source)
  if (isMap(node)) {
    listener.beginMap(node.range[0])
    for (const pair of node.items) {
      listener.key(keyText(pair.key, walk), pair.key.range[0])
      tell(pair.value, walk)
    }
  } else {
    listener.beginList(node.range[0])
    for (const item of node.items) tell(item, walk)
  }
  listener.end()
}

/** A key is its text: `1: x` and `null: x` have the keys `1` and `null`. */
function keyText(key: ParsedNode, walk: Walk): string {
  const node = isAlias(key) ? walk.anchors.target(key) : key
  if (isScalar(node)) {
    scalarJson(node, walk.source)
    return scalarText(node, walk.source)
  }
  throw refuse(walk.source, key.range[0], {
    code: 'format.syntax',
    message: 'A key is itself a map or a list.',
    remedy: 'Give the value a plain key; if `{{ }}` was meant as text, put it in quotes.',
  })
}

function rejectCollectionTag(node: ParsedNode, source: SourceText): void {
  const tag = node.tag
  if (tag === undefined || tag === '!' || tag === (isSeq(node) ? 'tag:yaml.org,2002:seq' : 'tag:yaml.org,2002:map')) return
  if (!isCoreTag(tag)) throw unknownTag(source, node.range[0])
  throw refuse(source, node.range[0], {
    code: 'format.syntax',
    message: `The value is not what its tag ${tag} says.`,
    remedy: 'Remove the tag, or correct the value.',
  })
}

/** Without the tag: it may be a text that was not put in quotes. */
function unknownTag(source: SourceText, at: number) {
  return refuse(source, at, {
    code: 'format.unsafe',
    message: "The tag is not one of YAML's core tags.",
    remedy: 'Remove the tag and write the value itself; a text that begins with `!` goes in quotes.',
  })
}

const SECOND_VERSION: Refusal = { code: 'format.syntax', message: 'There is more than one %YAML line.', remedy: 'Remove one of them.' }

const CONTROL_CHARACTER: Refusal = {
  code: 'format.syntax',
  message: 'YAML has no such control character.',
  remedy: 'Remove it, or write it as an escape such as `\\u0000` in double quotes.',
}
