import { isUtf8 } from 'node:buffer'
import type { Position } from '@vartrack/cuelang-wasm'
import { VarTrackError } from '@vartrack/errors'
import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { Path } from './problems.js'

/** What the errors of a document say beside their place. */
export interface JsonDocument {
  readonly file: string
  /** Code of a syntax error. */
  readonly code: string
  readonly remedy: string
}

/** A JSON object as it was written. */
export interface JsonObject {
  readonly value: Readonly<Record<string, unknown>>
  /** The keys of the object, in their order. */
  readonly names: readonly string[]
  /** Where each value begins, by its path joined with dots. */
  readonly positions: ReadonlyMap<string, Position>
}

/**
 * Reads strict JSON with the places of its values.
 * @param content as text, or as the bytes of UTF-8
 * @throws VarTrackError with the document's code, line and column when it is no JSON object
 */
export function readJsonObject(content: string | Buffer, document: JsonDocument): JsonObject {
  const text = typeof content === 'string' ? content : decode(content, document)
  const errors: ParseError[] = []
  const node = parseWithinStack(text, errors, document)
  const [first] = errors
  if (first) throw syntax(text, first.offset, `is no JSON: ${spaced(printParseErrorCode(first.error))}`, document)
  if (node?.type !== 'object') throw syntax(text, node?.offset ?? 0, 'must be a JSON object', document)
  const lost = findLost(node)
  if (lost) throw syntax(text, lost.offset, `gives a name that would be lost: ${JSON.stringify(lost.value)}`, document)
  return {
    value: getNodeValue(node) as Record<string, unknown>,
    names: (node.children ?? []).map((property) => String(property.children?.[0]?.value)),
    positions: positionsOf(node, text),
  }
}

/** Without the mark at its start, if it has one. */
function decode(bytes: Buffer, document: JsonDocument): string {
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes)
  const text = bytes.toString('utf8')
  throw syntax(text, text.indexOf('\ufffd'), 'is not UTF-8', document)
}

function parseWithinStack(text: string, errors: ParseError[], document: JsonDocument): Node | undefined {
  try {
    return parseTree(text, errors, { disallowComments: true, allowTrailingComma: false })
  } catch (error) {
    if (error instanceof RangeError) throw syntax(text, 0, 'is nested too deep', document)
    throw error
  }
}

/** The first name that {@link getNodeValue} loses: `__proto__`, or one given twice. */
function findLost(node: Node): Node | undefined {
  const seen = new Set<unknown>()
  for (const child of node.children ?? []) {
    const [name] = child.type === 'property' ? (child.children ?? []) : []
    if (name && (name.value === '__proto__' || seen.has(name.value))) return name
    seen.add(name?.value)
    const lost = findLost(child)
    if (lost) return lost
  }
  return undefined
}

function syntax(text: string, offset: number, what: string, { file, code, remedy }: JsonDocument): VarTrackError {
  return new VarTrackError({ code, message: `${file} ${what}.`, remedy, place: { file, ...positionAt(text, offset) } })
}

function positionsOf(node: Node, text: string, path: Path = []): Map<string, Position> {
  const own: [string, Position][] = path.length > 0 ? [[path.join('.'), positionAt(text, node.offset)]] : []
  const children = (node.children ?? []).flatMap((child, index) => {
    const [key, value] = child.type === 'property' ? (child.children ?? []) : []
    return [...positionsOf(value ?? child, text, [...path, key ? String(key.value) : index])]
  })
  return new Map([...own, ...children])
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

/** `PropertyNameExpected` -> `property name expected`. */
function spaced(code: string): string {
  return code.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase()
}
