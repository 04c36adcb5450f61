import type { Scalar } from 'yaml'
import { basedText, decimalText } from './number-text.js'
import { refuse, type SourceText } from './source-text.js'

const TAG = 'tag:yaml.org,2002:'
const CORE_TAGS = ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => TAG + name)

const NULL = /^(?:|~|null|Null|NULL)$/
const BOOLEAN = /^(?:true|True|TRUE|false|False|FALSE)$/
const INTEGER = /^[-+]?[0-9]+$/
const BASED = /^(?:0o[0-7]+|0x[0-9a-fA-F]+)$/
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const NOT_A_NUMBER = /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/
/** First characters of everything plain that is no string. */
const SPECIAL_START = /^[-+.0-9~nNtTfF]/

/** Whether a tag in its long form is one of YAML's core schema. */
export function isCoreTag(tag: string): boolean {
  return tag === '!' || CORE_TAGS.includes(tag)
}

/** The text of a file, with the texts of it that the library reads otherwise than YAML 1.2, by where they begin. */
export interface YamlSource extends SourceText {
  readonly texts: ReadonlyMap<number, string>
}

/**
 * A scalar by the core schema of YAML 1.2 as a JSON literal. Infinity and not-a-number, which no JSON holds, are their text.
 * @throws VarTrackError `format.syntax` when the scalar has a core tag that its text does not fit
 */
export function scalarJson(node: Scalar.Parsed, source: YamlSource): string {
  const { tag } = node
  const text = scalarText(node, source)
  if (tag !== undefined) return taggedJson(node, tag, source)
  if (node.type !== 'PLAIN' || (text !== '' && !SPECIAL_START.test(text))) return JSON.stringify(text)
  if (NULL.test(text)) return 'null'
  if (BOOLEAN.test(text)) return text.toLowerCase()
  return numberJson(text, node, source) ?? JSON.stringify(text)
}

/**
 * The text of a scalar. The library ends the last line of every block with a line feed, also where the file ends without one: there the line has none
 * (YAML 1.2.2, 8.1.1.2).
 */
export function scalarText(node: Scalar.Parsed, { text, texts }: YamlSource): string {
  const value = (node.type === 'PLAIN' ? undefined : texts.get(node.range[0])) ?? node.source
  const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'
  if (!isBlock || node.range[1] < text.length || text.endsWith('\n') || !value.endsWith('\n')) return value
  // A last line of blanks is left as the conformance suite has it (L24T, JEF9).
  return /[^ ]/.test(text.slice(text.lastIndexOf('\n') + 1)) ? value.slice(0, -1) : value
}

function taggedJson(node: Scalar.Parsed, tag: string, source: YamlSource): string {
  const text = scalarText(node, source)
  if (tag === '!' || tag === `${TAG}str`) return JSON.stringify(text)
  if (tag === `${TAG}null` && NULL.test(text)) return 'null'
  if (tag === `${TAG}bool` && BOOLEAN.test(text)) return text.toLowerCase()
  const number = numberJson(text, node, source)
  if (number !== undefined && tag === `${TAG}int` && !/[.eE"]/.test(number)) return number
  if (number !== undefined && tag === `${TAG}float`) return INTEGER.test(text) ? `${number}.0` : number
  throw refuse(source, node.range[0], {
    code: 'format.syntax',
    message: `The value is not what its tag !!${tag.slice(TAG.length)} says.`,
    remedy: 'Remove the tag, or correct the value.',
  })
}

function numberJson(text: string, node: Scalar.Parsed, source: SourceText): string | undefined {
  if (INTEGER.test(text) || FLOAT.test(text)) return decimalText(text)
  if (NOT_A_NUMBER.test(text)) return JSON.stringify(text)
  if (!BASED.test(text)) return undefined
  const digits = basedText(text)
  if (digits !== undefined) return digits
  throw refuse(source, node.range[0], {
    code: 'format.syntax',
    message: 'The number has too many digits to be converted to decimal.',
    remedy: 'Write it in quotes if it is a text, or in decimal digits.',
  })
}
