import { existsSync } from 'node:fs'
import { onPath } from './paths.mjs'
import { attempt, run, SetupError } from './run.mjs'

/** Debian's package; its manifest names the jars it needs. */
export const ZOOKEEPER_JAR = '/usr/share/java/zookeeper.jar'

/** @typedef {{ name: string, isThere: () => boolean }} DebianPackage */

/** @type {Record<'redis' | 'zookeeper' | 'maven', DebianPackage>} */
export const debian = {
  redis: { name: 'redis-server', isThere: () => onPath('redis-server') !== undefined && onPath('redis-cli') !== undefined },
  zookeeper: { name: 'zookeeper', isThere: () => existsSync(ZOOKEEPER_JAR) },
  maven: { name: 'maven', isThere: () => onPath('mvn') !== undefined },
}

/**
 * Installs Debian packages whose programs are missing. Servers among them are not started by their packages (RUNLEVEL).
 * @param {readonly DebianPackage[]} packages
 * @throws {SetupError} that names the command for an administrator, when this user may not install
 */
export async function installPackages(packages) {
  const names = packages.filter((one) => !one.isThere()).map((one) => one.name)
  if (names.length === 0) return
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...names]
  const prefix = [...(await becomeRoot(install)), 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1']
  if ((await attempt(...command(prefix, install))).code === 0) return
  await run(...command(prefix, ['apt-get', 'update']))
  await run(...command(prefix, install))
}

/**
 * @param {readonly string[]} prefix
 * @param {readonly string[]} rest
 * @returns {[program: string, args: string[]]}
 */
function command(prefix, rest) {
  const [program = '', ...args] = [...prefix, ...rest]
  return [program, args]
}

/**
 * @param {readonly string[]} install what is to be run
 * @returns {Promise<string[]>} what goes before it so that it runs as root
 */
async function becomeRoot(install) {
  if (onPath('apt-get') === undefined) {
    throw new SetupError(`There is no apt-get to install ${install.slice(4).join(', ')}.`, 'Install them by hand, then run this again.')
  }
  if (process.getuid?.() === 0) return []
  if ((await attempt('sudo', ['-n', 'true'])).code === 0) return ['sudo', '-n']
  throw new SetupError('Debian packages are missing, and only root may install them.', `Run: sudo ${install.join(' ')}`)
}
