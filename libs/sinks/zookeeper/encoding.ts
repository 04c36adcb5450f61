import type { EntryType } from '@vartrack/sink-kit'
import type { ZooKeeperOptions } from './options.js'

type Encoding = ZooKeeperOptions['encoding']

const TEXT_IN_JSON = new Set<EntryType>(['string', 'text'])

/** A value as the bytes of its znode. */
export function encodeValue(encoding: Encoding, type: EntryType, value: Buffer): Buffer {
  if (encoding === 'plain') return value
  if (encoding === 'base64') return Buffer.from(value.toString('base64'))
  if (type === 'null') return Buffer.from('null')
  return TEXT_IN_JSON.has(type) ? Buffer.from(JSON.stringify(value.toString())) : value
}

/** The text of a znode's bytes; bytes that are not in the encoding are somebody else's and taken as they are. */
export function decodeValue(encoding: Encoding, bytes: Buffer): Buffer {
  if (encoding === 'base64') return decodeBase64(bytes)
  return encoding === 'json' ? decodeJson(bytes) : bytes
}

function decodeBase64(bytes: Buffer): Buffer {
  const decoded = Buffer.from(bytes.toString('latin1'), 'base64')
  return decoded.toString('base64') === bytes.toString('latin1') ? decoded : bytes
}

/** Numbers stay as they are written; only strings and null look different. */
function decodeJson(bytes: Buffer): Buffer {
  const text = bytes.toString()
  if (text === 'null') return Buffer.alloc(0)
  if (!text.startsWith('"')) return bytes
  try {
    return Buffer.from(JSON.parse(text) as string)
  } catch {
    return bytes
  }
}
