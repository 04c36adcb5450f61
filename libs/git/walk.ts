import { VarTrackError } from '@vartrack/errors'
import type { TreeEntry } from './contract.js'
import type { ObjectReader } from './object-reader.js'
import { isFolder, parseTree, type TreeLine, treeEntry, treeTooLarge } from './tree.js'

/** A tree object of more bytes lists some 300,000 names; no honest folder does. */
const MAX_TREE_BYTES = 16 * 1024 * 1024
const SLASH = Buffer.from('/')

/** Walks over tree objects through one persistent reader: no process per look. */
export interface Walk {
  /** @throws VarTrackError `git.commit_missing`, `git.tree_too_large` */
  entries(commit: string, prefixes: readonly string[], signal: AbortSignal): Promise<TreeEntry[]>
  /** Paths that differ. @throws VarTrackError as {@link Walk.entries} */
  differences(from: string, to: string, signal: AbortSignal): Promise<string[]>
}

/**
 * What is looked at is counted, folders too, before anything below it is begun: eleven small trees can hold ten thousand million files.
 * @param limit of entries, narrowed or not
 */
export function createWalk(reader: ObjectReader, limit: number): Walk {
  const lines = async (name: string, signal: AbortSignal): Promise<TreeLine[]> => {
    signal.throwIfAborted()
    const tree = await reader.read(name, MAX_TREE_BYTES)
    if (tree?.type !== 'tree') throw missing(name)
    return parseTree(tree.bytes, tree.id.length / 2)
  }
  return {
    async entries(commit, prefixes, signal) {
      const found: TreeEntry[] = []
      const count = counter(limit)
      await levelByLevel<Folder>({ name: `${commit}^{tree}`, path: Buffer.alloc(0) }, async (folder) => {
        const below = (await lines(folder.name, signal)).map((line) => ({ line, path: join(folder.path, line.name) }))
        const reached = below.filter(({ line, path }) => reaches(path, isFolder(line), prefixes))
        count(reached.length)
        for (const { line, path } of reached) if (!isFolder(line)) found.push(treeEntry(line, path))
        return reached.flatMap(({ line, path }) => (isFolder(line) ? [{ name: line.id, path }] : []))
      })
      return found.toSorted((one, other) => (one.path < other.path ? -1 : 1))
    },
    async differences(from, to, signal) {
      const found: string[] = []
      const count = counter(limit)
      const linesOf = async (name: string | undefined) => (name === undefined ? [] : lines(name, signal))
      await levelByLevel<Compared>({ from: `${from}^{tree}`, to: `${to}^{tree}`, path: Buffer.alloc(0) }, async (folder) => {
        const [before, after] = await Promise.all([linesOf(folder.from), linesOf(folder.to)])
        const changed = pairs(before, after).map((pair) => ({ ...pair, path: join(folder.path, ((pair.after ?? pair.before) as TreeLine).name) }))
        count(changed.length)
        for (const pair of changed) if (isFile(pair.before) || isFile(pair.after)) found.push(pair.path.toString())
        const folders = changed.map((pair) => ({ from: folderOf(pair.before), to: folderOf(pair.after), path: pair.path }))
        return folders.filter((below) => below.from !== undefined || below.to !== undefined)
      })
      return found.toSorted()
    },
  }
}

interface Folder {
  readonly name: string
  readonly path: Buffer
}

/** `undefined`: there is no such folder on that side. */
interface Compared {
  readonly from: string | undefined
  readonly to: string | undefined
  readonly path: Buffer
}

/** Trees that are read side by side: enough for the pipe, few to have begun in vain when the limit is reached. */
const PARALLEL = 64

async function levelByLevel<Item>(first: Item, visit: (item: Item) => Promise<Item[]>): Promise<void> {
  for (let level = [first]; level.length > 0; ) {
    const below: Item[][] = []
    for (let at = 0; at < level.length; at += PARALLEL) below.push(...(await Promise.all(level.slice(at, at + PARALLEL).map(visit))))
    level = below.flat()
  }
}

function isFile(line: TreeLine | undefined): boolean {
  return line !== undefined && !isFolder(line)
}

function folderOf(line: TreeLine | undefined): string | undefined {
  return line && isFolder(line) ? line.id : undefined
}

/** Refuses to count further than the limit. */
function counter(limit: number): (more: number) => void {
  let counted = 0
  return (more) => {
    counted += more
    if (counted > limit) throw treeTooLarge(limit)
  }
}

interface Pair {
  readonly before: TreeLine | undefined
  readonly after: TreeLine | undefined
}

/** Lines of one name that differ between two trees. */
function pairs(before: readonly TreeLine[], after: readonly TreeLine[]): Pair[] {
  const left = new Map(before.map((line) => [line.name.toString('latin1'), line]))
  const changed: Pair[] = []
  for (const line of after) {
    const name = line.name.toString('latin1')
    const earlier = left.get(name)
    left.delete(name)
    if (earlier?.id !== line.id || earlier.mode !== line.mode) changed.push({ before: earlier, after: line })
  }
  for (const line of left.values()) changed.push({ before: line, after: undefined })
  return changed
}

function join(folder: Buffer, name: Buffer): Buffer {
  return folder.length === 0 ? name : Buffer.concat([folder, SLASH, name])
}

/** Does a path lie at or below one of the prefixes, or is it a folder on the way to one? */
function reaches(path: Buffer, folder: boolean, prefixes: readonly string[]): boolean {
  if (prefixes.length === 0) return true
  const text = path.toString()
  return prefixes.some((prefix) => text === prefix || text.startsWith(`${prefix}/`) || (folder && prefix.startsWith(`${text}/`)))
}

function missing(name: string): VarTrackError {
  return new VarTrackError({
    code: 'git.commit_missing',
    message: `The Git cache holds no tree ${name}.`,
    remedy: 'Plan again: the ref may have moved.',
    disposition: { kind: 'replan' },
  })
}
