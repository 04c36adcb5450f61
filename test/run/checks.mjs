import { join } from 'node:path'
import { hadolintProgram } from '../setup/hadolint.mjs'
import { cargoTargetDirectory, onPath, root } from '../setup/paths.mjs'
import { attempt } from '../setup/run.mjs'
import { checkCueModule, checkGeneratedBinding } from './generated.mjs'

/** @typedef {import('./counts.mjs').Counts} Counts */

/**
 * One check: `undefined` when all is well, else what is wrong.
 * @typedef {{ name: string, run: () => Promise<string | undefined> }} Check
 */

const TARGET = ['--manifest-path', 'rust-core/Cargo.toml']

/** @type {readonly Check[]} */
const CHECKS = [
  { name: 'types', run: () => tool('tsc', ['-b']) },
  { name: 'lint', run: () => tool('oxlint', ['--type-aware', '--deny-warnings']) },
  { name: 'format', run: () => tool('biome', ['ci', '--colors=off', '.']) },
  { name: 'Rust format', run: () => command('cargo', ['fmt', ...TARGET, '--all', '--check']) },
  { name: 'Rust lint', run: rustLint },
  { name: 'Go format', run: goFormat },
  { name: 'generated: binding of the core', run: checkGeneratedBinding },
  { name: 'generated: CUE module', run: checkCueModule },
  { name: 'Dockerfile', run: async () => command(await hadolintProgram(), ['docker/Dockerfile']) },
  { name: 'compose.yaml', run: () => tool('dclint', ['--max-warnings', '0', 'docker/compose.yaml']) },
]

/**
 * Runs every check, also after one has failed, and prints a line for each.
 * @returns {Promise<Counts>}
 */
export async function runChecks() {
  const counts = { passed: 0, failed: 0 }
  for (const { name, run } of CHECKS) {
    const problem = await run()
    counts[problem === undefined ? 'passed' : 'failed']++
    console.log(`[check] ${name.padEnd(32)} ${problem === undefined ? 'ok' : `FAILED\n${problem}`}`)
  }
  return counts
}

/**
 * @param {string} name of a program that npm installed
 * @param {readonly string[]} args
 */
function tool(name, args) {
  return command(join(root, 'node_modules', '.bin', name), args)
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 */
async function command(program, args) {
  const { code, output } = await attempt(program, args, { cwd: root })
  return code === 0 ? undefined : output
}

function rustLint() {
  return command('cargo', [
    'clippy',
    ...TARGET,
    '--target-dir',
    cargoTargetDirectory(),
    '--locked',
    '--all-targets',
    '--quiet',
    '--',
    '--deny',
    'warnings',
  ])
}

/** gofmt names the files it would change, and ends well all the same. */
async function goFormat() {
  const { code, output } = await attempt(onPath('gofmt') ?? 'gofmt', ['-l', 'libs/cuelang-wasm/go', 'test/servers'], { cwd: root })
  return code === 0 && output === '' ? undefined : output
}
