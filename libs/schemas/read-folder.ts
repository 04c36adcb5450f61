import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Snapshot } from './contract.js'

/**
 * The CUE files of a folder on this machine.
 * @throws Error of the system when it cannot be read
 */
export async function readFolder(folder: string): Promise<Snapshot> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.cue'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((name) => !name.split(sep).includes('.git'))
  const files = new Map<string, string>()
  const hash = createHash('sha256')
  for (const name of names.toSorted()) {
    const text = await readFile(join(folder, name), 'utf8')
    files.set(name.split(sep).join('/'), text)
    hash.update(JSON.stringify([name, text]))
  }
  return { version: hash.digest('hex'), files }
}
