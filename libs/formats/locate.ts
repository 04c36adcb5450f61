import type { Format, KeyPath, ParseLimits, Position, TreeListener } from './contract.js'
import { createJsonText } from './json-text.js'
import { isReadFormat, readTree } from './parse-file.js'
import { positionAt, readText, type SourceText } from './source-text.js'

/**
 * The place of a key in a file, by reading it again: for errors that are found after parsing, when only the key is known.
 * Keys match in their flat form: `['server', 'port']` and `['server.port']` are the same place.
 * @param bytes the file as it was parsed
 * @param keyPath keys and indexes from the top of the file
 * @returns the place of the key (for a list item of the item); `undefined` when the file has no such key or the format has no places (HCL)
 */
export async function locate(bytes: Buffer, path: string, format: Format, keyPath: KeyPath): Promise<Position | undefined> {
  // A JSON text is a YAML text, and YAML's reader knows its places.
  const readAs = format === 'json' ? 'yaml' : format
  if (!isReadFormat(readAs)) return undefined
  try {
    const source = readText(bytes, path, NO_LIMITS)
    const finder = createFinder(keyPath)
    await readTree(source, readAs, finder, NO_LIMITS)
    const offset = finder.found()
    return offset === undefined ? undefined : positionAt(source.text, offset)
  } catch {
    // The file is already being refused for another reason; without a place that error still stands.
    return undefined
  }
}

/**
 * The place in a file of what became a character of the JSON text that a reader made of it: for errors of the core, which sees only that text.
 * @param bytes the file as it was parsed
 * @param column of the JSON text, which is one line, in characters from 1
 * @returns the place of the key or value that wrote the character; `undefined` when there is none
 */
export async function locateInJson(bytes: Buffer, path: string, format: Format, column: number): Promise<Position | undefined> {
  if (!isReadFormat(format)) return undefined
  try {
    const source = readText(bytes, path, NO_LIMITS)
    const watch = createWatch(source)
    await readTree(source, format, watch, NO_LIMITS)
    const offset = watch.placeOf(column)
    return offset === undefined ? undefined : positionAt(source.text, offset)
  } catch {
    // As above: the error stands without its place.
    return undefined
  }
}

/** What is located was parsed within the limits before. */
const NO_LIMITS: ParseLimits = { maxFileBytes: Number.MAX_SAFE_INTEGER, maxDepth: 1000, maxKeys: Number.MAX_SAFE_INTEGER }

/** Writes the JSON text once more, and keeps what came from where. */
function createWatch(source: SourceText): TreeListener & { placeOf(column: number): number | undefined } {
  const json = createJsonText(source, NO_LIMITS)
  const written: { readonly end: number; readonly at: number }[] = []
  const note = (at: number) => void written.push({ end: json.length(), at: at >= 0 ? at : (written.at(-1)?.at ?? 0) })
  return {
    wantsOffsets: true,
    beginMap: (at) => {
      json.beginMap(at)
      note(at)
    },
    beginList: (at) => {
      json.beginList(at)
      note(at)
    },
    key: (name, at) => {
      json.key(name, at)
      note(at)
    },
    scalar: (text, at) => {
      json.scalar(text, at)
      note(at)
    },
    end: () => json.end(),
    placeOf: (column) => {
      const units = unitsOf(json.bytes().toString(), column)
      return written.find(({ end }) => end >= units)?.at
    },
  }
}

/** The UTF-16 units of as many characters. */
function unitsOf(text: string, characters: number): number {
  let units = 0
  for (let passed = 0; passed < characters; passed += 1) units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1
  return units
}

interface Finder extends TreeListener {
  found(): number | undefined
}

function createFinder(keyPath: KeyPath): Finder {
  const wanted = keyPath.join('.')
  const open: { path: string; nextIndex: number | undefined }[] = []
  let path = ''
  let found: number | undefined = keyPath.length === 0 ? 0 : undefined

  const visit = (next: string, at: number) => {
    path = next
    if (found === undefined && path === wanted && at >= 0) found = at
  }
  const join = (name: string | number) => {
    const parent = open.at(-1)?.path ?? ''
    return parent === '' ? String(name) : `${parent}.${name}`
  }
  /** The value that comes next, when it is a list item. */
  const item = (at: number) => {
    const list = open.at(-1)
    if (list?.nextIndex === undefined) return
    visit(join(list.nextIndex), at)
    list.nextIndex += 1
  }
  return {
    wantsOffsets: true,
    beginMap: (at) => {
      item(at)
      open.push({ path, nextIndex: undefined })
    },
    beginList: (at) => {
      item(at)
      open.push({ path, nextIndex: 0 })
    },
    key: (name, at) => visit(join(name), at),
    scalar: (_json, at) => item(at),
    end: () => open.pop(),
    found: () => found,
  }
}
