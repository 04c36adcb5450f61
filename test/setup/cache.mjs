import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { cacheDirectory } from './paths.mjs'

/** How often a checkout looks whether another one has finished the same build, in milliseconds. */
const LOOK_EVERY_MS = 250

/**
 * The folder of one thing in the cache, named after its version and what it is built from.
 * @param {string} name
 * @param {string} version
 * @param {readonly string[]} sources files whose content goes into the name
 * @returns {Promise<string>} absolute path; complete when it exists
 */
export async function cachedFolder(name, version, sources) {
  const hash = createHash('sha256')
  for (const source of sources) hash.update(await readFile(source))
  return join(cacheDirectory(), `${name}-${version}-${hash.digest('hex').slice(0, 12)}`)
}

/**
 * Fills a folder of the cache once. It appears under its name only when it is complete, and of several checkouts at once one builds while the rest wait.
 * @param {string} folder from {@link cachedFolder}
 * @param {(into: string) => Promise<void>} build fills an empty folder
 * @returns {Promise<void>}
 */
export async function fillOnce(folder, build) {
  await mkdir(dirname(folder), { recursive: true })
  const unlock = await lock(`${folder}.lock`)
  try {
    if (existsSync(folder)) return
    const draft = `${folder}.${randomUUID()}`
    await mkdir(draft)
    try {
      await build(draft)
      await rename(draft, folder)
    } finally {
      await rm(draft, { recursive: true, force: true })
    }
  } finally {
    await unlock()
  }
}

/**
 * @param {string} path
 * @returns {Promise<() => Promise<void>>} what gives the lock back
 */
async function lock(path) {
  while (!(await tryLock(path))) await delay(LOOK_EVERY_MS)
  return () => rm(path, { force: true })
}

/**
 * The lock is a file with its holder's process id, so that the lock of a process that was killed is seen to be void.
 * @param {string} path
 */
async function tryLock(path) {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
  }
  const holder = Number(await readFile(path, 'utf8').catch(() => ''))
  if (holder > 0 && !isAlive(holder)) await rm(path, { force: true })
  return false
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}
