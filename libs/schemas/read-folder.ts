import { createHash } from 'node:crypto'
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { Snapshot } from './contract.js'

/**
 * The CUE files of a folder on this machine. Links among them are followed while they stay within it: Kubernetes mounts a ConfigMap as such.
 * @throws Error of the system when it cannot be read
 */
export async function readFolder(folder: string): Promise<Snapshot> {
  const top = await realpath(folder)
  const entries = await readdir(top, { recursive: true, withFileTypes: true })
  const found = entries
    .filter((entry) => entry.name.endsWith('.cue'))
    .map((entry) => ({ name: relative(top, join(entry.parentPath, entry.name)), isFile: entry.isFile(), isLink: entry.isSymbolicLink() }))
    .filter(({ name }) => !name.split(sep).includes('.git'))
  const files = new Map<string, Buffer>()
  const hash = createHash('sha256')
  for (const { name, isFile, isLink } of found.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    if (!isFile && !(isLink && (await staysWithin(top, join(top, name))))) continue
    const bytes = await readFile(join(top, name))
    files.set(name.split(sep).join('/'), bytes)
    hash.update(JSON.stringify([name, bytes.length])).update(bytes)
  }
  return { version: hash.digest('hex'), files }
}

async function staysWithin(top: string, link: string): Promise<boolean> {
  try {
    const end = await realpath(link)
    return end.startsWith(top + sep) && (await stat(end)).isFile()
  } catch {
    // A link to nothing is no schema.
    return false
  }
}
