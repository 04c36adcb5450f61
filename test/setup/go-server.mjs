import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cachedFolder, fillOnce } from './cache.mjs'
import { root } from './paths.mjs'
import { run } from './run.mjs'

/**
 * A server that is built from the Go module in `test/servers/<name>`.
 * @typedef {object} GoServer
 * @property {string} name also of the program
 * @property {string} version of the server, part of the cache's key
 * @property {string} importPath what is built: `.` or a package of the module's requirements
 * @property {readonly string[]} [tags]
 * @property {string} [ldflags] beside `-s -w`
 */

/** @type {GoServer} */
export const ferretdb = { name: 'ferretdb', version: '1.24.2', importPath: '.', tags: ['ferretdb_no_postgresql'] }

/**
 * @param {GoServer} server
 * @returns {Promise<string>} where its program lies once it is built
 */
export async function goServerProgram(server) {
  return join(await folderOf(server), server.name)
}

/** @param {GoServer} server */
export async function isGoServerBuilt(server) {
  return existsSync(await goServerProgram(server))
}

/**
 * Builds the server into the cache. Its modules are downloaded into a folder of their own, which is deleted afterwards: they are many times the size of the program.
 * @param {GoServer} server
 */
export async function buildGoServer(server) {
  await fillOnce(await folderOf(server), async (into) => {
    const modules = `${into}.modules`
    const env = { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOPROXY: await proxyWithoutDirect(), GOMODCACHE: modules, GOFLAGS: '-modcacherw' }
    try {
      await run('go', buildArguments(server, into), { cwd: sourcesOf(server), env })
    } finally {
      await rm(modules, { recursive: true, force: true })
    }
  })
}

/**
 * @param {GoServer} server
 * @param {string} into
 */
function buildArguments({ name, tags = [], ldflags = '', importPath }, into) {
  const flags = ['-trimpath', '-mod=readonly', '-buildvcs=false', '-tags', tags.join(','), '-ldflags', `-s -w ${ldflags}`.trim()]
  return ['build', ...flags, '-o', join(into, name), importPath]
}

/** `direct` would make go clone from the version control hosts of the modules when the proxy has a hiccup. */
async function proxyWithoutDirect() {
  const proxies = (await run('go', ['env', 'GOPROXY'])).trim().split(/[,|]/)
  return proxies.filter((proxy) => proxy !== 'direct').join(',')
}

/** @param {GoServer} server */
function sourcesOf(server) {
  return join(root, 'test', 'servers', server.name)
}

/** @param {GoServer} server */
function folderOf(server) {
  const files = ['go.mod', 'go.sum', 'main.go'].map((file) => join(sourcesOf(server), file)).filter((file) => existsSync(file))
  return cachedFolder(server.name, server.version, files)
}
