import { attempt, SetupError } from './run.mjs'

/**
 * What the machine itself must bring; all else is fetched.
 * @typedef {object} Tool
 * @property {string} name
 * @property {readonly [program: string, ...args: string[]]} ask prints the version
 * @property {string} least lowest version that works
 * @property {string} get how to get it, for a person
 */

/** @type {readonly Tool[]} */
const TOOLS = [
  { name: 'Node', ask: ['node', '--version'], least: '20.19', get: 'Install Node 20 (the file .nvmrc names the version: nvm install).' },
  { name: 'npm', ask: ['npm', '--version'], least: '10', get: 'npm comes with Node.' },
  { name: 'git', ask: ['git', '--version'], least: '2.30', get: 'Debian: apt-get install git' },
  { name: 'Rust', ask: ['cargo', '--version'], least: '1.90', get: 'Install Rust with rustup (https://rustup.rs).' },
  { name: 'Go', ask: ['go', 'version'], least: '1.26', get: 'Install Go (https://go.dev/dl).' },
  { name: 'Python', ask: ['python3', '--version'], least: '3.8', get: 'Debian: apt-get install python3 python3-pip' },
  { name: 'Java', ask: ['java', '-version'], least: '17', get: 'Debian: apt-get install default-jdk-headless' },
  { name: 'the Java compiler', ask: ['javac', '-version'], least: '17', get: 'Debian: apt-get install default-jdk-headless' },
]

/**
 * Looks for every tool before anything else is done, so that all that is missing is said at once.
 * @throws {SetupError} naming each missing or too old tool and how to get it
 */
export async function checkTools() {
  const problems = await Promise.all(TOOLS.map(problemWith))
  const found = problems.filter((problem) => problem !== undefined)
  if (found.length > 0) throw new SetupError(`This machine lacks:\n  - ${found.join('\n  - ')}`)
}

/**
 * @param {Tool} tool
 * @returns {Promise<string | undefined>}
 */
async function problemWith({ name, ask: [program, ...args], least, get }) {
  const { code, output } = await attempt(program, args)
  if (code !== 0) return `${name} ${least} or later. ${get}`
  const version = /\d+(\.\d+)+|\d+/.exec(output)?.[0] ?? '0'
  return isAtLeast(version, least) ? undefined : `${name} ${least} or later; ${version} is there. ${get}`
}

/**
 * @param {string} version
 * @param {string} least
 */
export function isAtLeast(version, least) {
  const [has, needs] = [version, least].map((text) => text.split('.').map(Number))
  for (const [index, need] of (needs ?? []).entries()) {
    const part = has?.[index] ?? 0
    if (part !== need) return part > need
  }
  return true
}
