/** No key is written like this: what follows `%` in one are two hexadecimal digits. */
export const HIDDEN = '%vartrack'

const EMPTY = '%empty'
/** What a znode's name may not hold (and `%`, which is the escape): its UTF-8 bytes are written as `%xx`. */
const ESCAPED = /[/%\p{Cc}\p{Cs}\u{e000}-\u{f8ff}\u{fff0}-\u{10ffff}]/gu

/** The name of the znode of a key. */
export function nameOfKey(key: string): string {
  if (key === '') return EMPTY
  if (key === '.' || key === '..') return key.replaceAll('.', '%2E')
  return key.replace(ESCAPED, (character) => Buffer.from(character).reduce((text, byte) => text + escapeByte(byte), ''))
}

/** The key of a znode's name; `undefined` for a name that no key is written as: somebody else's. */
export function keyOfName(name: string): string | undefined {
  if (!name.includes('%')) return name
  if (name === EMPTY) return ''
  try {
    const key = decodeURIComponent(name)
    return nameOfKey(key) === name ? key : undefined
  } catch {
    return undefined
  }
}

function escapeByte(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
}
