import { VarTrackError } from '@vartrack/errors'
import type { TreeEntry } from './contract.js'
import { pathDefect } from './names.js'

/** Collects the records of `git ls-tree -r -l -z` and `git diff-tree -z` as they come. */
export class NulRecords {
  #rest: Buffer = Buffer.alloc(0)
  #count = 0

  /** @param limit of records; `code` and `what` name the error beyond it */
  constructor(
    private readonly limit: number,
    private readonly onRecord: (record: Buffer) => void,
  ) {}

  /** @throws VarTrackError `git.tree_too_large` */
  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let start = 0
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
      this.#count += 1
      if (this.#count > this.limit) throw treeTooLarge(this.limit)
      this.onRecord(bytes.subarray(start, end))
      start = end + 1
    }
    this.#rest = Buffer.from(bytes.subarray(start))
  }
}

/** One record: `<mode> <type> <id> <size padded>\t<path>`. */
export function treeEntry(record: Buffer): TreeEntry {
  const tab = record.indexOf(9)
  const [mode = '', , blob = '', size = ''] = record.subarray(0, tab).toString('latin1').split(/ +/)
  const bytes = record.subarray(tab + 1)
  const path = bytes.toString()
  const entry = { path, blob, size: size === '-' ? 0 : Number(size) }
  const defect = pathDefect(path, bytes)
  if (defect !== undefined) return { ...entry, kind: 'unsafe', defect }
  return { ...entry, kind: mode === '120000' ? 'symlink' : mode === '160000' ? 'submodule' : 'file' }
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

function treeTooLarge(limit: number): VarTrackError {
  return new VarTrackError({
    code: 'git.tree_too_large',
    message: `The commit lists more than ${limit} files.`,
    remedy:
      'Name the file or its folder in the rule (a glob that starts with **/ has to look at every file), or move the configuration to a smaller repository.',
  })
}
