import { partOf, placesOf, spareOf } from './field-names.js'

/** Values as they lie in a document: dotted keys as maps in maps. An empty map is a value, not a branch. */
export type Tree = Record<string, unknown>

/** A map that the driver has made, not a value of its own classes. */
export function isMap(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype && !('_bsontype' in value)
}

/** Every value and its key, in the order of the document. Fields with names that varTrack would not give are left out. */
export function* leaves(tree: Tree, prefix?: string): Generator<readonly [string, unknown]> {
  for (const [name, value] of Object.entries(tree)) {
    const part = partOf(name, prefix === undefined)
    if (part === undefined) continue
    const key = prefix === undefined ? part : `${prefix}.${part}`
    if (isBranch(value)) yield* leaves(value, key)
    else yield [key, value]
  }
}

/** Does the key have a value here? */
export function holds(tree: Tree, key: string): boolean {
  return placeIn(tree, key) !== undefined
}

/** Maps of their own around the same values. */
export function copyOf(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, isMap(value) ? copyOf(value) : value]))
}

/** Sets the value of a key, where it is or where there is room. */
export function setLeaf(tree: Tree, key: string, value: unknown): void {
  const place = placeIn(tree, key) ?? placesOf(key).find((one) => hasRoom(tree, one)) ?? spareOf(key)
  let branch = tree
  for (const name of place.slice(0, -1)) {
    if (!Object.hasOwn(branch, name)) branch[name] = {}
    branch = branch[name] as Tree
  }
  branch[place.at(-1) as string] = value
}

/**
 * Removes a key, and the maps that it leaves empty.
 * @returns was it there?
 */
export function removeLeaf(tree: Tree, key: string): boolean {
  const place = placeIn(tree, key)
  if (place) removeAt(tree, place)
  return place !== undefined
}

function removeAt(tree: Tree, [name, ...rest]: readonly string[]): void {
  if (name === undefined) return
  const below = tree[name]
  if (rest.length > 0 && isMap(below)) removeAt(below, rest)
  if (rest.length === 0 || (isMap(below) && !hasFields(below))) delete tree[name]
}

function placeIn(tree: Tree, key: string): string[] | undefined {
  return placesOf(key).find((place) => isLeafAt(tree, place))
}

function isLeafAt(tree: Tree, place: readonly string[]): boolean {
  const found = walk(tree, place)
  return found.rest.length === 0 && !isBranch(found.value)
}

function hasRoom(tree: Tree, place: readonly string[]): boolean {
  const found = walk(tree, place)
  return found.rest.length > 0 && (found.value === tree || isBranch(found.value))
}

/** As far down as there are fields: what is there, and the names that are left. */
function walk(tree: Tree, place: readonly string[]): { value: unknown; rest: readonly string[] } {
  let value: unknown = tree
  for (const [index, name] of place.entries()) {
    if (!isMap(value) || !Object.hasOwn(value, name)) return { value, rest: place.slice(index) }
    value = value[name]
  }
  return { value, rest: [] }
}

function isBranch(value: unknown): value is Tree {
  return isMap(value) && hasFields(value)
}

/** Without a list of all their names: a map may have very many. */
function hasFields(map: Tree): boolean {
  for (const name in map) if (Object.hasOwn(map, name)) return true
  return false
}
