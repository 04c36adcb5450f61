import type { Position } from '@vartrack/cuelang-wasm'
import { VarTrackError } from '@vartrack/errors'
import { decodeUtf8 } from '@vartrack/formats/utf8'
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { Path } from './problems.js'
import { LIMIT_DEFAULTS } from './setting-defaults.js'
import { valueOf } from './written-numbers.js'

/** What the errors of a document say beside their place. */
export interface JsonDocument {
  readonly file: string
  /** Code of a syntax error. */
  readonly code: string
  readonly remedy: string
  /** How many values it may hold, maps and lists among them; more are refused with `limit.keys`. */
  readonly mostValues: number
}

/** A JSON object as it was written. */
export interface JsonObject {
  /** As {@link valueOf} reads it. */
  readonly value: Readonly<Record<string, unknown>>
  /** The keys of the object, in their order. */
  readonly names: readonly string[]
  /** Where each value begins, by its path joined with dots. */
  readonly positions: ReadonlyMap<string, Position>
  /** Where the name of each value begins that has one, by the same path. */
  readonly namePositions: ReadonlyMap<string, Position>
}

/**
 * Reads strict JSON with the places of its values.
 * @param content as text, or as the bytes of UTF-8
 * @throws VarTrackError with the document's code, line and column when it is no JSON object; `limit.keys`
 */
export function readJsonObject(content: string | Buffer, document: JsonDocument): JsonObject {
  const text = typeof content === 'string' ? content : decode(content, document)
  const errors: ParseError[] = []
  const node = parseWithinStack(text, errors, document)
  const [first] = errors
  if (first) throw syntax(text, first.offset, `is no JSON: ${spaced(printParseErrorCode(first.error))}`, document)
  if (node?.type !== 'object') throw syntax(text, node?.offset ?? 0, 'must be a JSON object', document)
  const positions = new Map<string, Position>()
  const namePositions = new Map<string, Position>()
  visit(node, [], { text, document, positions, namePositions, positionAt: createPositions(text) })
  return {
    value: valueOf(node, text) as Record<string, unknown>,
    names: (node.children ?? []).map((property) => String(property.children?.[0]?.value)),
    positions,
    namePositions,
  }
}

/** Without the mark at its start, if it has one. */
function decode(bytes: Buffer, document: JsonDocument): string {
  const decoded = decodeUtf8(bytes)
  if ('text' in decoded) return decoded.text
  throw syntax(decoded.soundPart, decoded.soundPart.length, 'is not UTF-8', document)
}

function parseWithinStack(text: string, errors: ParseError[], document: JsonDocument): Node | undefined {
  try {
    return parseTree(text, errors, { disallowComments: true, allowTrailingComma: false })
  } catch (error) {
    if (error instanceof RangeError) throw syntax(text, 0, 'is nested too deep', document)
    throw error
  }
}

interface Visit {
  readonly text: string
  readonly document: JsonDocument
  readonly positions: Map<string, Position>
  readonly namePositions: Map<string, Position>
  readonly positionAt: (offset: number) => Position
}

/** Notes where each value and its name begin. Refuses what a map of JavaScript loses: the name `__proto__`, or one given twice. */
function visit(node: Node, path: Path, walk: Visit): void {
  const { text, document, positions, positionAt } = walk
  if (node.children && path.length >= LIMIT_DEFAULTS.maxDepth) throw syntax(text, node.offset, 'is nested too deep', document)
  if (path.length > 0) positions.set(path.join('.'), positionAt(node.offset))
  if (positions.size > document.mostValues) throw tooManyValues(document, positionAt(node.offset))
  const names = new Set<unknown>()
  for (const [index, child] of (node.children ?? []).entries()) {
    const [name, value] = child.type === 'property' ? (child.children ?? []) : []
    if (name && (name.value === '__proto__' || names.has(name.value))) {
      throw syntax(text, name.offset, `gives a name that would be lost: ${JSON.stringify(name.value)}`, document)
    }
    names.add(name?.value)
    const below = [...path, name ? String(name.value) : index]
    if (name) walk.namePositions.set(below.join('.'), positionAt(name.offset))
    visit(value ?? child, below, walk)
  }
}

function tooManyValues({ file, remedy, mostValues }: JsonDocument, position: Position): VarTrackError {
  return new VarTrackError({ code: 'limit.keys', message: `${file} holds more than ${mostValues} values.`, remedy, place: { file, ...position } })
}

function syntax(text: string, offset: number, what: string, { file, code, remedy }: JsonDocument): VarTrackError {
  return new VarTrackError({ code, message: `${file} ${what}.`, remedy, place: { file, ...createPositions(text)(offset) } })
}

/** Gives the positions of offsets that never go back, and reads the text once for all of them: it may have megabytes and come from anybody. */
function createPositions(text: string): (offset: number) => Position {
  let line = 1
  let lineStart = 0
  let lineEnd = text.indexOf('\n')
  return (offset) => {
    while (lineEnd >= 0 && lineEnd < offset) {
      line += 1
      lineStart = lineEnd + 1
      lineEnd = text.indexOf('\n', lineStart)
    }
    return { line, column: offset - lineStart + 1 }
  }
}

/** `PropertyNameExpected` -> `property name expected`. */
function spaced(code: string): string {
  return code.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase()
}
