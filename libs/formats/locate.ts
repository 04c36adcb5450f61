import type { Format, KeyPath, ParseLimits, Position, TreeListener } from './contract.js'
import { pathsAt } from './json-paths.js'
import { isReadFormat, readTree } from './parse-file.js'
import { positionAt, readText } from './source-text.js'

/**
 * The places in a file of what became characters of the JSON text that a reader made of it: for errors of the core, which sees only that text.
 * @param bytes the file as it was parsed
 * @param json the text that it became, on one line
 * @param columns of the text, in characters from 1
 * @returns for each the place of its key (of a list item, of the item); `undefined` where there is none
 */
export async function locate(
  bytes: Buffer,
  path: string,
  format: Format,
  json: Buffer,
  columns: readonly number[],
): Promise<readonly (Position | undefined)[]> {
  if (!isReadFormat(format)) return columns.map(() => undefined)
  const text = json.toString()
  const wanted = pathsAt(text, offsetsOf(text, columns))
  try {
    const source = readText(bytes, path, NO_LIMITS)
    const finder = createFinder(wanted)
    await readTree(source, format, finder, NO_LIMITS)
    return finder.found().map((offset) => (offset === undefined ? undefined : positionAt(source.text, offset)))
  } catch {
    // The file is already being refused for another reason; without a place that error still stands.
    return columns.map(() => undefined)
  }
}

/** What is located was parsed within the limits before. */
const NO_LIMITS: ParseLimits = { maxFileBytes: Number.MAX_SAFE_INTEGER, maxDepth: 1000, maxKeys: Number.MAX_SAFE_INTEGER }

const ASTRAL = /[\u{10000}-\u{10ffff}]/u

/** Columns count characters, offsets UTF-16 units. */
function offsetsOf(text: string, columns: readonly number[]): readonly number[] {
  if (!ASTRAL.test(text)) return columns.map((column) => column - 1)
  return columns.map((column) => {
    let units = 0
    for (let passed = 1; passed < column; passed += 1) units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1
    return units
  })
}

interface Finder extends TreeListener {
  /** Offsets in the order of what was looked for. */
  found(): readonly (number | undefined)[]
}

function createFinder(wanted: readonly (KeyPath | undefined)[]): Finder {
  const names = wanted.map((path) => path && nameOf(path))
  const offsets = new Map<string | undefined, number | undefined>(names.map((name) => [name, name === '' ? 0 : undefined]))
  const open: { readonly name: string; nextIndex: number | undefined }[] = []
  let name = ''
  let lastAt = 0

  const visit = (key: string | number, at: number) => {
    name = nameOf([key], open.at(-1)?.name)
    if (at >= 0) lastAt = at
    if (offsets.has(name)) offsets.set(name, offsets.get(name) ?? lastAt)
  }
  /** The value that comes next, when it is a list item. */
  const item = (at: number) => {
    const list = open.at(-1)
    if (list?.nextIndex === undefined) return
    visit(list.nextIndex, at)
    list.nextIndex += 1
  }
  return {
    wantsOffsets: true,
    beginMap: (at) => {
      item(at)
      open.push({ name, nextIndex: undefined })
    },
    beginList: (at) => {
      item(at)
      open.push({ name, nextIndex: 0 })
    },
    key: (key, at) => visit(key, at),
    scalar: (_json, at) => item(at),
    end: () => open.pop(),
    found: () => names.map((wish) => offsets.get(wish)),
  }
}

/** A path as one text. */
function nameOf(path: KeyPath, parent = ''): string {
  return path.reduce<string>((name, key) => `${name}\0${key}`, parent)
}
