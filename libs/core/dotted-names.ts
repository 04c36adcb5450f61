/** A name of a file's map that holds dots. */
export interface DottedName {
  /** Where it begins in the flat path that it ends, in bytes. */
  readonly start: number
  /** The flat path, with the name at its end. */
  readonly path: string
}

/** The names that `compile` tells of a file: of each its start, the length of its path, both 4 bytes, little-endian, and the path. */
export function readDottedNames(names: Buffer): DottedName[] {
  const found: DottedName[] = []
  for (let at = 0; at < names.length; ) {
    const pathAt = at + 8
    const end = pathAt + names.readUInt32LE(at + 4)
    found.push({ start: names.readUInt32LE(at), path: names.toString('utf8', pathAt, end) })
    at = end
  }
  return found
}

/** Names as `render` takes them. */
export function writeDottedNames(names: readonly DottedName[]): Buffer {
  return Buffer.concat(
    names.flatMap(({ start, path }) => {
      const head = Buffer.alloc(8)
      head.writeUInt32LE(start, 0)
      head.writeUInt32LE(Buffer.byteLength(path), 4)
      return [head, Buffer.from(path)]
    }),
  )
}
