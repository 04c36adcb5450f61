import type { Format, KeyPath, ParseLimits, Position, TreeListener } from './contract.js'
import { isReadFormat, readTree } from './parse-file.js'
import { positionAt, readText } from './source-text.js'

/**
 * The place of a key in a file, by reading it again: for errors that are found after parsing, when only the key is known.
 * Keys match in their flat form: `['server', 'port']` and `['server.port']` are the same place.
 * @param bytes the file as it was parsed
 * @param keyPath keys and indexes from the top of the file
 * @returns the place of the key (for a list item of the item); `undefined` when the file has no such key or the format has no places (HCL)
 */
export function locate(bytes: Buffer, path: string, format: Format, keyPath: KeyPath): Position | undefined {
  // A JSON text is a YAML text, and YAML's reader knows its places.
  const readAs = format === 'json' ? 'yaml' : format
  if (!isReadFormat(readAs)) return undefined
  try {
    const source = readText(bytes, path, NO_LIMITS)
    const finder = createFinder(keyPath)
    readTree(source, readAs, finder, NO_LIMITS)
    const offset = finder.found()
    return offset === undefined ? undefined : positionAt(source.text, offset)
  } catch {
    // The file is already being refused for another reason; without a place that error still stands.
    return undefined
  }
}

/** What is located was parsed within the limits before. */
const NO_LIMITS: ParseLimits = { maxFileBytes: Number.MAX_SAFE_INTEGER, maxDepth: 1000, maxKeys: Number.MAX_SAFE_INTEGER }

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
