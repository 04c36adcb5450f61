import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './paths.mjs'
import { attempt, run, SetupError } from './run.mjs'

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
  await findRegistry()
  await run('npm', ['install', '--no-save', '--no-audit', '--no-fund'], { cwd: root })
}

/** As much patience as a registry needs that has a hiccup. */
const PATIENCE = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000', '--fetch-timeout=20000']

/** Without a registry, npm asks it for every optional package of other platforms in turn, a minute each: hours before it gives up. */
async function findRegistry() {
  const { code, output } = await attempt('npm', ['view', 'typescript', 'name', ...PATIENCE], { cwd: root })
  if (code === 0) return
  const registry = (await run('npm', ['config', 'get', 'registry'], { cwd: root })).trim().split('\n').at(-1) ?? ''
  const why = /npm error (.*)/.exec(output)?.[1] ?? 'no reason told'
  throw new SetupError(
    `The npm registry ${new URL(registry).origin} gives no packages (${why}).`,
    "See to the network, or to npm's settings, and run this again.",
  )
}

/**
 * @param {string} file
 * @returns {Promise<Packages>}
 */
async function readPackages(file) {
  return JSON.parse(await readFile(file, 'utf8')).packages
}
