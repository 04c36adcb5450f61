import { VarTrackError } from '@vartrack/errors'
import type { GitObject } from '../object-reader.js'
import { isFolder, parseTree, type TreeLine } from '../tree.js'
import { GaveUp } from './gave-up.js'
import { proveByGit, type Reception } from './receive.js'

/** So many objects are looked at here; a push has about ten. */
const MAX_OBJECTS = 500
const MAX_OBJECT_BYTES = 1024 * 1024

/** A submodule's commit lies elsewhere. */
const SUBMODULE = '160000'

/**
 * Makes sure that a commit is here with all that it leads to. No host is believed in this: a commit that is kept although a file of it is missing would
 * never be asked for again. What a push brings is looked through by the process that reads objects anyway; anything larger is left to `git rev-list`.
 * @param kept commits of which it is known
 * @throws GaveUp `incomplete`
 */
export async function proveComplete(commit: string, kept: readonly string[], reception: Reception): Promise<void> {
  try {
    await lookThrough(commit, new Set(kept), reader(reception))
  } catch (error) {
    if (!isTooLarge(error)) throw error
    await proveByGit(commit, reception)
  }
}

/** Reads an object of a type, which must be there. */
type Read = (id: string, type: string) => Promise<GitObject>

/** From commit to commit, each compared with its first parent: where two trees agree, the parent's proof holds for both. */
async function lookThrough(head: string, proven: Set<string>, read: Read): Promise<void> {
  const waiting = [head]
  for (let commit = waiting.pop(); commit !== undefined; commit = waiting.pop()) {
    if (proven.has(commit)) continue
    proven.add(commit)
    const { tree, parents } = linksOf(await read(commit, 'commit'))
    const before = parents[0] === undefined ? undefined : linksOf(await read(parents[0], 'commit')).tree
    await lookThroughTree(tree, before, read)
    waiting.push(...parents)
  }
}

async function lookThroughTree(tree: string, before: string | undefined, read: Read): Promise<void> {
  if (tree === before) return
  const [lines, earlier] = await Promise.all([linesOf(tree, read), before === undefined ? [] : linesOf(before, read)])
  const folders = new Map(earlier.filter(isFolder).map((line) => [line.name.toString('latin1'), line.id]))
  const there = new Set(earlier.map(kindAndId))
  const changed = lines.filter((line) => line.mode !== SUBMODULE && !there.has(kindAndId(line)))
  await Promise.all(
    changed.map((line) => (isFolder(line) ? lookThroughTree(line.id, folders.get(line.name.toString('latin1')), read) : read(line.id, 'blob'))),
  )
}

/** One id cannot be a folder in one tree and a file in another. */
function kindAndId(line: TreeLine): string {
  return `${isFolder(line)} ${line.id}`
}

async function linesOf(tree: string, read: Read): Promise<TreeLine[]> {
  const { bytes, id } = await read(tree, 'tree')
  return parseTree(bytes, id.length / 2)
}

/** The headers of a commit that name other objects; they come first. */
function linksOf({ bytes }: GitObject): { readonly tree: string; readonly parents: readonly string[] } {
  const [first = '', ...lines] = bytes.toString('latin1').split('\n')
  const tree = /^tree ([0-9a-f]{40})$/.exec(first)?.[1]
  if (tree === undefined) throw new GaveUp('incomplete', 'a commit names no tree')
  const parents: string[] = []
  for (const line of lines) {
    const parent = /^parent ([0-9a-f]{40})$/.exec(line)?.[1]
    if (parent === undefined) break
    parents.push(parent)
  }
  return { tree, parents }
}

function reader({ store, signal }: Reception): Read {
  let left = MAX_OBJECTS
  return async (id, type) => {
    signal.throwIfAborted()
    left -= 1
    if (left < 0) throw new GaveUp('too_large')
    const object = await store.reader.read(id, MAX_OBJECT_BYTES)
    if (object === undefined) throw new GaveUp('incomplete', `the host did not send ${id}`)
    // A tag, or a host that lies about what an object is.
    if (object.type !== type) throw new GaveUp('too_large')
    return object
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof GaveUp ? error.reason === 'too_large' : error instanceof VarTrackError && error.code === 'git.blob_too_large'
}
