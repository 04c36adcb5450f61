import { type IniSection, parse, safe } from 'ini'
import type { ParseLimits, TreeListener } from './contract.js'
import { type IniEntry, type IniLines, type IniSectionLines, scanIni } from './ini-scan.js'
import { duplicateKey, tooDeep } from './json-text.js'
import { emptyFile, refuse, type SourceText } from './source-text.js'

/** Sections by the parts of their dotted names, with the entries of each. */
interface SectionNode {
  readonly at: number
  readonly entries: Map<string, IniEntry>
  readonly sections: Map<string, SectionNode>
}

/**
 * Reads an INI file as Python's configparser and git agree; what they read differently is refused while scanning. Every value is a string, `[a.b]` is the map `b` in `a`.
 * The library reads the lines again, with `#` and `;` made safe for it, and has to find the same values.
 * @throws VarTrackError `format.*` with the place
 */
export function readIni(source: SourceText, listener: TreeListener, limits: ParseLimits): void {
  const lines = scanIni(source)
  const { sections } = lines
  const root = newSection(0)
  for (const section of sections) {
    if (section.name.split('.', limits.maxDepth).length >= limits.maxDepth) throw refuse(source, section.at, tooDeep(limits))
    addSection(root, section, source)
  }
  if (root.entries.size === 0 && root.sections.size === 0) throw emptyFile(source.file)
  const json = listener.whole !== undefined && lines.plain ? wholeJson(lines, source, limits) : undefined
  if (json !== undefined) return listener.whole?.(json)
  tell(root, parse(canonicalText(sections)), source, listener)
}

/** The tree as JSON text, for a text that the library reads as it is; `undefined` when it lost something, or something will be refused. */
function wholeJson({ sections, words }: IniLines, source: SourceText, limits: ParseLimits): string | undefined {
  const entries = sections.reduce((sum, section) => sum + section.entries.length, 0)
  const deepest = sections.reduce((most, { name }) => Math.max(most, name.split('.').length), 0)
  if (entries > limits.maxKeys || deepest >= limits.maxDepth) return undefined
  const tree = parse(source.text)
  return leavesOf(tree) === entries ? JSON.stringify(tree, words ? asText : undefined) : undefined
}

/** Nothing was lost when there are as many values as lines that give one. */
function leavesOf(section: IniSection): number {
  let leaves = 0
  for (const name in section) {
    const value = section[name]
    leaves += typeof value === 'object' && value !== null ? leavesOf(value) : 1
  }
  return leaves
}

/** The library makes JSON of the words true, false and null. */
function asText(_key: string, value: unknown): unknown {
  return value === null || typeof value === 'boolean' ? String(value) : value
}

function newSection(at: number): SectionNode {
  return { at, entries: new Map(), sections: new Map() }
}

function addSection(root: SectionNode, section: IniSectionLines, source: SourceText): void {
  let node = root
  for (const part of section.name === '' ? [] : section.name.split('.')) {
    const entry = node.entries.get(part)
    if (entry !== undefined) throw duplicateKey(source, part, section.at, entry.at)
    const next = node.sections.get(part) ?? newSection(section.at)
    node.sections.set(part, next)
    node = next
  }
  for (const entry of section.entries) {
    const inner = node.sections.get(entry.key)
    if (inner !== undefined) throw duplicateKey(source, entry.key, entry.at, inner.at)
    node.entries.set(entry.key, entry)
  }
}

function canonicalText(sections: readonly IniSectionLines[]): string {
  const lines: string[] = []
  // The library loses `[a.b.c]` when `[a.b]` comes after it.
  const outerFirst = sections.toSorted((one, other) => one.name.split('.').length - other.name.split('.').length)
  for (const { name, entries } of outerFirst) {
    if (name !== '') lines.push(`[${name}]`)
    for (const { key, value } of entries) lines.push(`${safe(key)}=${safe(value)}`)
  }
  return lines.join('\n')
}

function tell(node: SectionNode, read: IniSection, source: SourceText, listener: TreeListener): void {
  listener.beginMap(node.at)
  for (const entry of node.entries.values()) {
    listener.key(entry.key, entry.at)
    if (!isSame(read[entry.key], entry.value)) throw readsDifferently(source, entry.key, entry.at)
    listener.scalar(JSON.stringify(entry.value), entry.valueAt)
  }
  for (const [name, section] of node.sections) {
    listener.key(name, section.at)
    const inner = Object.hasOwn(read, name) ? read[name] : undefined
    if (typeof inner !== 'object' || inner === null) throw readsDifferently(source, name, section.at)
    tell(section, inner, source, listener)
  }
  listener.end()
}

/** The library makes JSON of the words true, false and null. */
function isSame(read: IniSection[string] | undefined, written: string): boolean {
  return typeof read === 'object' ? read === null && written === 'null' : String(read) === written
}

function readsDifferently(source: SourceText, name: string, at: number) {
  return refuse(source, at, {
    code: 'format.syntax',
    message: `Programs read ${JSON.stringify(name)} differently.`,
    remedy: 'Write a simpler name or value, or use a format with quotes, such as TOML.',
  })
}
