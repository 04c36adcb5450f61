import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './paths.mjs'
import { run } from './run.mjs'

/** @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean, link?: boolean }>} Packages */

/** Does node_modules hold what package-lock.json asks for? npm leaves a record of what it installed. */
export async function areNpmPackagesInstalled() {
  const installed = await readPackages(join(root, 'node_modules', '.package-lock.json')).catch(() => undefined)
  if (installed === undefined) return false
  const wanted = Object.entries(await readPackages(join(root, 'package-lock.json'))).filter(([path]) => path.startsWith('node_modules/'))
  // Optional ones may be for another machine.
  return wanted.every(([path, { version, integrity, optional }]) => {
    const there = installed[path]
    return there === undefined ? optional === true : there.version === version && there.integrity === integrity
  })
}

/**
 * Installs the versions of package-lock.json and leaves it as it is. Not `npm ci`: that refuses a lock file written where the registry does not carry the
 * optional packages of other platforms.
 */
export async function installNpmPackages() {
  await run('npm', ['install', '--no-save', '--no-audit', '--no-fund'], { cwd: root })
}

/**
 * @param {string} file
 * @returns {Promise<Packages>}
 */
async function readPackages(file) {
  return JSON.parse(await readFile(file, 'utf8')).packages
}
