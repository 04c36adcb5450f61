import { VarTrackError } from '@vartrack/errors'
import type { TreeEntry } from './contract.js'
import { pathDefect } from './names.js'

/** One line of a tree object. */
export interface TreeLine {
  /** Octal, as git writes it: `40000` for a folder. */
  readonly mode: string
  readonly name: Buffer
  readonly id: string
}

/**
 * The lines of a tree object: `<mode> <name>NUL<id>`, again and again.
 * @param idBytes 20 in a SHA-1 repository, 32 in a SHA-256 one
 */
export function parseTree(bytes: Buffer, idBytes: number): TreeLine[] {
  const lines: TreeLine[] = []
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(32, at)
    const end = bytes.indexOf(0, space)
    if (space < 0 || end < 0 || end + 1 + idBytes > bytes.length) throw brokenTree()
    const id = bytes.toString('hex', end + 1, end + 1 + idBytes)
    lines.push({ mode: bytes.toString('latin1', at, space), name: bytes.subarray(space + 1, end), id })
    at = end + 1 + idBytes
  }
  return lines
}

/** Is the line a folder? */
export function isFolder(line: TreeLine): boolean {
  return line.mode === '40000' || line.mode === '040000'
}

/** A line that is no folder, at its whole path. */
export function treeEntry(line: TreeLine, path: Buffer): TreeEntry {
  const text = path.toString()
  const defect = pathDefect(text, path)
  if (defect !== undefined) return { path: text, blob: line.id, kind: 'unsafe', defect }
  return { path: text, blob: line.id, kind: line.mode === '120000' ? 'symlink' : line.mode === '160000' ? 'submodule' : 'file' }
}

/** Marks files whose paths differ by case alone: which of them would win depends on who looks. */
export function markCaseCollisions(entries: TreeEntry[]): TreeEntry[] {
  const folded = new Map<string, number>()
  const colliding = new Set<number>()
  for (const [index, entry] of entries.entries()) {
    const key = entry.path.toLowerCase()
    const earlier = folded.get(key)
    if (earlier === undefined) folded.set(key, index)
    else colliding.add(earlier).add(index)
  }
  if (colliding.size === 0) return entries
  return entries.map((entry, index) => (colliding.has(index) ? { ...entry, kind: 'unsafe', defect: 'case_collision' } : entry))
}

/** The error of a commit that lists more than may be looked at. */
export function treeTooLarge(limit: number): VarTrackError {
  return new VarTrackError({
    code: 'git.tree_too_large',
    message: `The commit lists more than ${limit} files.`,
    remedy:
      'Name the file or its folder in the rule (a glob that starts with **/ has to look at every file), or move the configuration to a smaller repository.',
  })
}

function brokenTree(): VarTrackError {
  return new VarTrackError({
    code: 'git.broken_object',
    message: 'A tree object of the repository cannot be read.',
    remedy: 'Run git fsck on the repository.',
  })
}
