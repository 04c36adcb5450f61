import type { Node } from 'jsonc-parser'

/** The field whose numbers become text in a store. */
const VARIABLES = 'variables_map'

/**
 * The value of a JSON node. Numbers in a `variables_map` are the text they are written as: a number of JavaScript has 53 bits, and no memory of
 * `1.10` or `1e3`. Names that maps of JavaScript lose (`__proto__`) are own names here.
 * @param text that the node was read from
 */
export function valueOf(node: Node, text: string): unknown {
  if (node.type === 'array') return (node.children ?? []).map((element) => valueOf(element, text))
  if (node.type !== 'object') return node.value
  return Object.fromEntries((node.children ?? []).map((property) => fieldOf(property, text, valueOf)))
}

type Reading = (node: Node, text: string) => unknown

function fieldOf(property: Node, text: string, read: Reading): [name: string, value: unknown] {
  const [label, node] = property.children ?? []
  const name = String(label?.value)
  if (node === undefined) return [name, undefined]
  if (name !== VARIABLES || node.type !== 'object') return [name, read(node, text)]
  return [name, Object.fromEntries((node.children ?? []).map((variable) => fieldOf(variable, text, writtenNumber)))]
}

function writtenNumber(node: Node, text: string): unknown {
  return node.type === 'number' ? text.slice(node.offset, node.offset + node.length) : valueOf(node, text)
}
