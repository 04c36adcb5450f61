import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { exclusively } from './exclusively.mjs'
import { cacheDirectory } from './paths.mjs'
import { SetupError } from './run.mjs'

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
 * @param {(into: string) => Promise<void>} build fills an empty folder; what it makes beside it, under its name and a dot, goes too when it is cut off
 * @returns {Promise<void>}
 * @throws {SetupError} when the cache cannot be written
 */
export async function fillOnce(folder, build) {
  await exclusively(folder, async () => {
    if (existsSync(folder)) return
    const draft = await makeDraft(folder)
    try {
      await build(draft)
      await rename(draft, folder)
    } finally {
      await rm(draft, { recursive: true, force: true })
    }
  })
}

/**
 * @param {string} folder
 * @returns {Promise<string>} an empty folder beside it
 */
async function makeDraft(folder) {
  try {
    await mkdir(dirname(folder), { recursive: true })
    await removeDrafts(folder)
    const draft = `${folder}.${randomUUID()}`
    await mkdir(draft)
    return draft
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SetupError(`The cache cannot be written: ${reason}.`, 'Make it writable, or name another folder in VT_CACHE_DIR.')
  }
}

/** What builds left behind that were killed: nobody else builds here now. @param {string} folder */
async function removeDrafts(folder) {
  const beside = await readdir(dirname(folder))
  const drafts = beside.filter((name) => name.startsWith(`${basename(folder)}.`))
  await Promise.all(drafts.map((name) => rm(join(dirname(folder), name), { recursive: true, force: true, maxRetries: 3 })))
}
