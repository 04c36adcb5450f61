/** A number as it is written. */
export interface Digits {
  readonly number: string
}
export type Leaf = string | boolean | null | Digits
export type Value = Leaf | Tree | readonly Value[]
export interface Tree {
  readonly [key: string]: Value
}

/** Picks ways to write, the same for the same numbers. */
type Choose = (options: number) => number

/**
 * Writers of one tree, as a person might: order of keys, quoting, blanks and comments follow the choices. Every line ends with LF, and no text spans lines
 * except where its escape would hide what is tested.
 */
export const WRITERS = {
  json: (tree: Tree, choices: readonly number[]) => jsonOf(tree, chooser(choices)),
  yaml: (tree: Tree, choices: readonly number[]) => yamlOf(tree, chooser(choices), ''),
  toml: (tree: Tree, choices: readonly number[]) => tomlOf(tree, chooser(choices)),
  hcl: (tree: Tree, choices: readonly number[]) => hclOf(tree, chooser(choices)),
} as const
export type WriterName = keyof typeof WRITERS

/** The flat entries of a tree, in the order of a release: what is written here is written without the product. */
export function entriesOf(tree: Tree): [string, string, string][] {
  return flatten(tree, '').toSorted(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
}

function flatten(value: Value, path: string): [string, string, string][] {
  if (value === null) return [[path, 'null', '']]
  if (typeof value === 'string') return [[path, 'string', value]]
  if (typeof value === 'boolean') return [[path, 'boolean', String(value)]]
  if (isDigits(value)) return [[path, /[.eE]/.test(value.number) ? 'decimal' : 'integer', value.number]]
  const items: readonly (readonly [string, Value])[] = Array.isArray(value) ? value.map((item, at) => [String(at), item]) : Object.entries(value)
  if (items.length === 0) return [[path, Array.isArray(value) ? 'list' : 'map', Array.isArray(value) ? '[]' : '{}']]
  return items.flatMap(([key, item]) => flatten(item, path === '' ? key : `${path}.${key}`))
}

function isDigits(value: Value): value is Digits {
  return typeof value === 'object' && value !== null && 'number' in value && typeof value.number === 'string' && /^-?[0-9]/.test(value.number)
}

function chooser(choices: readonly number[]): Choose {
  let at = 0
  return (options) => (choices[at++ % choices.length] ?? 0) % options
}

function entries(tree: Tree, choose: Choose): [string, Value][] {
  const all = Object.entries(tree)
  return choose(2) === 0 ? all : all.toReversed()
}

function jsonOf(value: Value, choose: Choose): string {
  const blank = ['', ' ', '\n  '][choose(3)] ?? ''
  if (typeof value === 'string') return jsonText(value, choose)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isDigits(value)) return value.number
  if (Array.isArray(value)) return `[${blank}${value.map((item) => jsonOf(item, choose)).join(`,${blank}`)}${blank}]`
  return `{${blank}${entries(value as Tree, choose)
    .map(([key, item]) => `${jsonText(key, choose)}${blank}:${blank}${jsonOf(item, choose)}`)
    .join(`,${blank}`)}${blank}}`
}

/** Plain or with every unit escaped. */
function jsonText(text: string, choose: Choose): string {
  if (choose(3) > 0) return JSON.stringify(text)
  return `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`
}

/** In double quotes with escapes that YAML, TOML and HCL share; `$` and `%` are for HCL alone. */
function escaped(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|\\[bf]/g,
    (found) => `\\u${(found.length > 1 ? (found === '\\b' ? 8 : 12) : found.charCodeAt(0)).toString(16).padStart(4, '0')}`,
  )
}

function comment(choose: Choose): string {
  return choose(3) === 0 ? ' # a "note": {x = [1' : ''
}

function yamlOf(tree: Tree, choose: Choose, indent: string): string {
  const lines = entries(tree, choose).map(([key, value]) => {
    const start = `${indent}${escaped(key)}:`
    const isBlock = typeof value === 'object' && value !== null && !isDigits(value) && Object.keys(value).length > 0
    if (!isBlock || choose(3) === 0) return `${start} ${yamlFlow(value, choose)}${comment(choose)}\n`
    if (!Array.isArray(value)) return `${start}${comment(choose)}\n${yamlOf(value as Tree, choose, `${indent}  `)}`
    return `${start}\n${value.map((item: Value) => `${indent}- ${yamlFlow(item, choose)}${comment(choose)}\n`).join('')}`
  })
  return lines.join(choose(4) === 0 ? '\n' : '')
}

function yamlFlow(value: Value, choose: Choose): string {
  if (value === null) return ['null', '~'][choose(2)] ?? 'null'
  if (typeof value === 'string') return yamlText(value, choose)
  if (typeof value === 'boolean') return choose(2) === 0 ? String(value) : String(value).toUpperCase()
  if (isDigits(value)) return value.number
  if (Array.isArray(value)) return `[${value.map((item: Value) => yamlFlow(item, choose)).join(', ')}]`
  return `{${entries(value as Tree, choose)
    .map(([key, item]) => `${escaped(key)}: ${yamlFlow(item, choose)}`)
    .join(', ')}}`
}

function yamlText(text: string, choose: Choose): string {
  const style = choose(3)
  if (style === 1 && /^[a-z]{2,}$/.test(text) && !/^(?:true|null|false)$/.test(text)) return text
  if (style === 2 && /^[ -~]*$/.test(text)) return `'${text.replaceAll("'", "''")}'`
  return escaped(text)
}

function tomlOf(tree: Tree, choose: Choose): string {
  const lines: string[] = []
  const tables: string[] = []
  for (const [key, value] of entries(tree, choose)) {
    const isTable = typeof value === 'object' && value !== null && !isDigits(value) && !Array.isArray(value)
    if (isTable && choose(2) === 0) tables.push(`[${escaped(key)}]${comment(choose)}\n${tomlLines(value as Tree, choose)}`)
    else lines.push(`${escaped(key)} = ${tomlInline(value, choose)}${comment(choose)}\n`)
  }
  return [...lines, ...tables].join(choose(3) === 0 ? '\n' : '')
}

function tomlLines(tree: Tree, choose: Choose): string {
  return entries(tree, choose)
    .map(([key, value]) => `${choose(2) === 0 ? '  ' : ''}${escaped(key)}=${tomlInline(value, choose)}${comment(choose)}\n`)
    .join('')
}

function tomlInline(value: Value, choose: Choose): string {
  if (typeof value === 'string') return choose(2) === 0 && /^[ -&(-~]*$/.test(value) ? `'${value}'` : escaped(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (isDigits(value)) return tomlNumber(value.number, choose)
  const gap = choose(2) === 0 ? '\n  ' : ''
  if (Array.isArray(value)) return `[${gap}${value.map((item: Value) => tomlInline(item, choose)).join(`,${gap || ' '}`)}${gap}]`
  return `{${entries(value as Tree, choose)
    .map(([key, item]) => `${escaped(key)} = ${tomlInline(item, choose)}`)
    .join(', ')}}`
}

/** With a plus, which says nothing. */
function tomlNumber(digits: string, choose: Choose): string {
  return choose(3) === 0 && !digits.startsWith('-') ? `+${digits}` : digits
}

function hclOf(tree: Tree, choose: Choose): string {
  return entries(tree, choose)
    .map(([key, value]) => {
      const isBody = typeof value === 'object' && value !== null && !isDigits(value) && !Array.isArray(value)
      if (isBody && choose(2) === 0) return `${key} {${comment(choose)}\n${hclOf(value as Tree, choose)}}\n`
      return `${key} = ${hclValue(value, choose)}${comment(choose)}\n`
    })
    .join('')
}

function hclValue(value: Value, choose: Choose): string {
  if (typeof value === 'string') return hclText(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (isDigits(value)) return value.number
  const gap = choose(2) === 0 ? '\n' : ' '
  if (Array.isArray(value)) return `[${gap}${value.map((item: Value) => hclValue(item, choose)).join(`,${gap}`)}${gap}]`
  return `{${gap}${entries(value as Tree, choose)
    .map(([key, item]) => `${choose(2) === 0 ? key : hclText(key)} ${choose(2) === 0 ? '=' : ':'} ${hclValue(item, choose)}`)
    .join(`,${gap}`)}${gap}}`
}

function hclText(text: string): string {
  return escaped(text).replace(/[$%](?=\{)/g, '$&$&')
}
