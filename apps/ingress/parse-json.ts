import { VarTrackError } from '@vartrack/errors'

/** Deeper than any payload of a Git host, shallower than any stack. */
const MAX_DEPTH = 64

/**
 * Bytes of a client to a JSON value.
 * @throws VarTrackError `http.json` status 400: not UTF-8, not JSON, nested too deeply, or with a `__proto__` key
 */
export function parseJson(bytes: Buffer): unknown {
  if (isDeeperThan(bytes, MAX_DEPTH)) throw bad(`The body is nested more than ${MAX_DEPTH} levels deep`)
  const value = parse(decode(bytes))
  if (hasProtoKey(value)) throw bad('The body has a __proto__ key')
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // The parser's own message repeats a part of the body.
    throw bad('The body is not JSON', error)
  }
}

/** Looked for in the value: in the text it may be spelt with escapes. Never deeper than the limit. */
function hasProtoKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasProtoKey)
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw bad('The body is not UTF-8', error)
  }
}

/** Counts brackets outside strings; bytes of UTF-8 beyond ASCII never look like one. */
function isDeeperThan(bytes: Buffer, limit: number): boolean {
  let depth = 0
  let inString = false
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index]
    if (inString) {
      if (byte === 0x5c) index += 1
      else if (byte === 0x22) inString = false
    } else if (byte === 0x22) inString = true
    else if (byte === 0x7b || byte === 0x5b) depth += 1
    else if (byte === 0x7d || byte === 0x5d) depth -= 1
    if (depth > limit) return true
  }
  return false
}

function bad(message: string, cause?: unknown): VarTrackError {
  return new VarTrackError({ code: 'http.json', message: `${message}.`, remedy: 'Send one JSON object in UTF-8.', status: 400, cause })
}
