/** How a part of a key is called in a document: names with dots, with a leading `$` and empty ones are not taken by every server or driver. */
const UNSAFE = /[%.\0]|^\$|^_(?=_proto__$|bsontype$)/g
const EMPTY = '%empty'
/** Ends the name of a key that stands at the top because its place among the maps is taken. No other name ends so: a percent sign is `%25`. */
const SPARE = '%'
/** Deeper keys stand at the top: servers take 100 levels of a document. */
const MOST_LEVELS = 50

/** The name of one part of a key, or of a whole key, its dots as `%2E`. */
function fieldName(part: string): string {
  return part === '' ? EMPTY : part.replaceAll(UNSAFE, (unsafe) => `%${unsafe.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}

/** Where a key may lie, the better place first: nested by its dots, or at the top under its whole name. */
export function placesOf(key: string): string[][] {
  const parts = key.split('.')
  return parts.length > MOST_LEVELS ? [spareOf(key)] : [parts.map(fieldName), spareOf(key)]
}

/** The place of a key at the top. */
export function spareOf(key: string): string[] {
  return [`${fieldName(key)}${SPARE}`]
}

/**
 * The part of a key that a field stands for; at the top also the whole key.
 * @returns undefined for a name that varTrack would not give: the field is somebody else's
 */
export function partOf(name: string, isTop: boolean): string | undefined {
  const isSpare = isTop && name.endsWith(SPARE)
  const bare = isSpare ? name.slice(0, -SPARE.length) : name
  const part = bare === EMPTY ? '' : bare.replaceAll(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return fieldName(part) === bare && (isSpare || !part.includes('.')) ? part : undefined
}
