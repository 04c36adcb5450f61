import type { ParseLimits, TreeListener } from './contract.js'
import { type Refusal, refuse, type SourceText } from './source-text.js'

/** A listener that writes what it hears as JSON text. */
export interface JsonText extends TreeListener {
  /** The text so far, as UTF-8. */
  bytes(): Buffer
  /** Length of the text so far, in UTF-16 units. */
  length(): number
}

interface OpenContainer {
  /** Offsets of the keys so far; `undefined` for a list. */
  readonly keys: Map<string, number> | undefined
  empty: boolean
}

const FLUSH_AT = 1 << 16

/**
 * Writes the tree of a file as JSON text and holds the limits while it grows: nothing is built that would be refused later.
 * The listener's calls throw VarTrackError: `format.not_a_map`, `format.too_deep`, `format.duplicate_key`, `format.unsafe` and `limit.keys`, each with its place.
 */
export function createJsonText(source: SourceText, limits: ParseLimits): JsonText {
  const open: OpenContainer[] = []
  const chunks: Buffer[] = []
  let pending = ''
  let flushed = 0
  let values = 0

  const fail = (at: number, refusal: Refusal) => {
    throw refuse(source, at, refusal)
  }
  const write = (text: string) => {
    pending += text
    if (pending.length < FLUSH_AT) return
    chunks.push(Buffer.from(pending))
    flushed += pending.length
    pending = ''
  }
  const separate = () => {
    const container = open.at(-1)
    if (container === undefined || container.keys !== undefined) return
    if (!container.empty) write(',')
    container.empty = false
  }
  const begin = (keys: OpenContainer['keys'], at: number) => {
    if (open.length >= limits.maxDepth) fail(at, tooDeep(limits))
    separate()
    write(keys === undefined ? '[' : '{')
    open.push({ keys, empty: true })
  }
  return {
    wantsOffsets: false,
    whole: write,
    beginMap: (at) => begin(new Map(), at),
    beginList: (at) => {
      if (open.length === 0) fail(at, notAMap('a list'))
      begin(undefined, at)
    },
    key: (name, at) => {
      const container = open.at(-1)
      const keys = container?.keys
      if (container === undefined || keys === undefined) throw new Error('a key was told outside a map')
      if (name === '__proto__') fail(at, unsafeKey(name))
      const first = keys.get(name)
      if (first !== undefined) throw duplicateKey(source, name, at, first)
      keys.set(name, at)
      write(`${container.empty ? '' : ','}${JSON.stringify(name)}:`)
      container.empty = false
    },
    scalar: (json, at) => {
      if (open.length === 0) fail(at, notAMap('a single value'))
      values += 1
      if (values > limits.maxKeys) fail(at, tooManyKeys(limits))
      if (json.includes('\\ud') && !isText(json)) fail(at, loneSurrogate())
      separate()
      write(json)
    },
    end: () => write(open.pop()?.keys === undefined ? ']' : '}'),
    bytes: () => (chunks.length === 1 && pending === '' ? (chunks[0] as Buffer) : Buffer.concat([...chunks, Buffer.from(pending)])),
    length: () => flushed + pending.length,
  }
}

/**
 * The error for a key that was there before in the same map.
 * @param wording what the format calls it, and what there is to add
 */
export function duplicateKey(source: SourceText, name: string, at: number, first: number, { what, hint } = { what: 'key', hint: '' }) {
  const line = first < 0 ? '' : ` in line ${refuse(source, first, unsafeKey(name)).place.line}`
  return refuse(source, at, {
    code: 'format.duplicate_key',
    message: `The ${what} ${JSON.stringify(name)} was already given${line}.${hint}`,
    remedy: 'Keep one of them: which one wins differs between programs.',
  })
}

/** `JSON.stringify` escapes only lone surrogates as `\ud...`; the text `\\ud` is an escaped backslash. */
function isText(json: string): boolean {
  return !/\p{Surrogate}/u.test(String(JSON.parse(json)))
}

function loneSurrogate(): Refusal {
  return {
    code: 'format.syntax',
    message: 'The text holds half of a surrogate pair, which is no character.',
    remedy: 'Write the character itself, or both halves of its escape.',
  }
}

function unsafeKey(name: string): Refusal {
  return {
    code: 'format.unsafe',
    message: `The key ${JSON.stringify(name)} is not allowed: programs take it for something else than a key.`,
    remedy: 'Rename the key.',
  }
}

/** The refusal of a file that holds something else than a map. */
export function notAMap(what: string): Refusal {
  return {
    code: 'format.not_a_map',
    message: `The file holds ${what}, not keys with values.`,
    remedy: 'Put the value under a key.',
  }
}

/** The refusal of a tree deeper than the limit. */
export function tooDeep(limits: ParseLimits): Refusal {
  return {
    code: 'format.too_deep',
    message: `The values are nested deeper than ${limits.maxDepth} levels.`,
    remedy: 'Flatten the file, or raise limits.max_depth in the bundle.',
  }
}

/** The refusal of a file with more values than the limit. */
export function tooManyKeys(limits: Pick<ParseLimits, 'maxKeys'>): Refusal {
  return {
    code: 'limit.keys',
    message: `The file holds more than ${limits.maxKeys} values.`,
    remedy: 'Split the file, or raise limits.max_keys in the bundle.',
  }
}
