import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the checkout. Found by looking upwards, because this file also runs from the build's output folder. */
export const root = findRoot(dirname(fileURLToPath(import.meta.url)))

/**
 * Where built servers lie, outside the tree so that every checkout shares them: `VT_CACHE_DIR`, else `XDG_CACHE_HOME/vartrack`, else `~/.cache/vartrack`.
 * @returns {string} absolute path; may not exist yet
 */
export function cacheDirectory() {
  const { VT_CACHE_DIR, XDG_CACHE_HOME } = process.env
  if (VT_CACHE_DIR) return VT_CACHE_DIR
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'vartrack')
}

/**
 * Where cargo keeps what it compiled, each checkout its own: cargo tells by their times alone whether sources changed, and would take another checkout's for ours.
 * @returns {string} absolute path; may not exist yet
 */
export function cargoTargetDirectory() {
  const checkout = createHash('sha256').update(root).digest('hex').slice(0, 12)
  return join(cacheDirectory(), `cargo-${checkout}`)
}

/**
 * The program of that name on PATH.
 * @param {string} name
 * @returns {string | undefined} absolute path
 */
export function onPath(name) {
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => folder.startsWith('/'))
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/**
 * @param {string} from
 * @returns {string}
 */
function findRoot(from) {
  if (existsSync(join(from, 'package-lock.json'))) return from
  const above = dirname(from)
  if (above === from) throw new Error('package-lock.json was not found in any folder above this file')
  return findRoot(above)
}
