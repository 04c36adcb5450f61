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

/** @param limit of entries, narrowed or not */
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
      const visit = async (name: string, folder: Buffer): Promise<void> => {
        const inside: Promise<void>[] = []
        for (const line of await lines(name, signal)) {
          const path = join(folder, line.name)
          if (!reaches(path, isFolder(line), prefixes)) continue
          if (isFolder(line)) inside.push(visit(line.id, path))
          else if (found.push(treeEntry(line, path)) > limit) throw treeTooLarge(limit)
        }
        await Promise.all(inside)
      }
      await visit(`${commit}^{tree}`, Buffer.alloc(0))
      return found.toSorted((one, other) => (one.path < other.path ? -1 : 1))
    },
    async differences(from, to, signal) {
      const found: string[] = []
      const add = (path: Buffer) => {
        if (found.push(path.toString()) > limit) throw treeTooLarge(limit)
      }
      const compare = async (one: string | undefined, other: string | undefined, folder: Buffer): Promise<void> => {
        const [before, after] = await Promise.all([one === undefined ? [] : lines(one, signal), other === undefined ? [] : lines(other, signal)])
        await Promise.all(pairs(before, after).map((pair) => comparePair(pair, folder)))
      }
      const comparePair = async ({ before, after }: Pair, folder: Buffer): Promise<void> => {
        const path = join(folder, ((after ?? before) as TreeLine).name)
        const folders = [before, after].map((line) => (line && isFolder(line) ? line.id : undefined))
        if ((before && !isFolder(before)) || (after && !isFolder(after))) add(path)
        if (folders[0] !== undefined || folders[1] !== undefined) await compare(folders[0], folders[1], path)
      }
      await compare(`${from}^{tree}`, `${to}^{tree}`, Buffer.alloc(0))
      return found.toSorted()
    },
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
