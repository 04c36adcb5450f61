import { type IniSection, parse, safe } from 'ini'
import type { ParseLimits, TreeListener } from './contract.js'
import { type IniEntry, type IniSectionLines, scanIni } from './ini-scan.js'
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
 * Where a line leaves room for doubt, the library reads all of them again, with `#` and `;` made safe for it, and has to find the same values.
 * @throws VarTrackError `format.*` with the place
 */
export function readIni(source: SourceText, listener: TreeListener, limits: ParseLimits): void {
  const { sections, plain } = scanIni(source, limits)
  const root = newSection(0)
  for (const section of sections) {
    if (section.name.split('.', limits.maxDepth).length >= limits.maxDepth) throw refuse(source, section.at, tooDeep(limits))
    addSection(root, section, source)
  }
  if (root.entries.size === 0 && root.sections.size === 0) throw emptyFile(source.file)
  if (plain && listener.whole !== undefined) return listener.whole(jsonOf(root))
  tell(root, parse(canonicalText(sections)), source, listener)
}

/** The tree as JSON text. The depth was checked. */
function jsonOf(node: SectionNode): string {
  let json = '{'
  for (const { key, value } of node.entries.values()) json += `${json.length > 1 ? ',' : ''}${quoted(key)}:${quoted(value)}`
  for (const [name, section] of node.sections) json += `${json.length > 1 ? ',' : ''}${quoted(name)}:${jsonOf(section)}`
  return `${json}}`
}

const ESCAPED_IN_JSON = /[^ !#-[\]-~]/

/** Most texts need no escapes, and looking is faster than writing them with care. */
function quoted(text: string): string {
  return ESCAPED_IN_JSON.test(text) ? JSON.stringify(text) : `"${text}"`
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
