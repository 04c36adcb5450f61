import { attempt, SetupError } from './run.mjs'

/**
 * What the machine itself must bring; all else is fetched.
 * @typedef {object} Tool
 * @property {string} name
 * @property {readonly [program: string, ...args: string[]]} ask prints the version
 * @property {RegExp} answer finds the version in what is printed; other lines may hold numbers too (options Java picked up, warnings of npm)
 * @property {string} least lowest version that works
 * @property {string} get how to get it, for a person
 */

const JDK = 'Debian: apt-get install default-jdk-headless'

/** What a rustup needs that is there and has no toolchain of its own. */
const CHOOSE_RUST = 'Run `rustup default stable`.'

/** @type {readonly Tool[]} */
export const TOOLS = [
  {
    name: 'Node',
    ask: ['node', '--version'],
    answer: /^v([\d.]+)/m,
    least: '20.19',
    get: 'Install Node 20 (the file .nvmrc names the version: nvm install).',
  },
  { name: 'npm', ask: ['npm', '--version'], answer: /^([\d.]+)/m, least: '10', get: 'npm comes with Node.' },
  { name: 'git', ask: ['git', '--version'], answer: /^git version ([\d.]+)/m, least: '2.34', get: 'Debian: apt-get install git' },
  { name: 'Rust', ask: ['cargo', '--version'], answer: /^cargo ([\d.]+)/m, least: '1.90', get: 'Install Rust with rustup (https://rustup.rs).' },
  { name: 'a C compiler', ask: ['cc', '-dumpversion'], answer: /^([\d.]+)/m, least: '4', get: 'Debian: apt-get install build-essential' },
  { name: 'Go', ask: ['go', 'version'], answer: / go([\d.]+)/, least: '1.26', get: 'Install Go (https://go.dev/dl).' },
  { name: 'Python', ask: ['python3', '--version'], answer: /^Python ([\d.]+)/m, least: '3.8', get: 'Debian: apt-get install python3' },
  { name: 'pip', ask: ['python3', '-m', 'pip', '--version'], answer: /^pip ([\d.]+)/m, least: '20', get: 'Debian: apt-get install python3-pip' },
  { name: 'Java', ask: ['java', '-version'], answer: / version "([\d.]+)/, least: '17', get: JDK },
  { name: 'the Java compiler', ask: ['javac', '-version'], answer: /^javac ([\d.]+)/m, least: '17', get: JDK },
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
async function problemWith(tool) {
  const [program, ...args] = tool.ask
  return judgeAnswer(tool, await attempt(program, args))
}

/**
 * @param {Tool} tool
 * @param {{ code: number | null, output: string }} given
 * @returns {string | undefined} what is wrong with the tool, and how to get it
 */
export function judgeAnswer({ name, ask, answer, least, get }, { code, output }) {
  const wanted = `${name} ${least} or later`
  if (code === null) return `${wanted}. ${get}`
  const version = code === 0 ? answer.exec(output)?.[1] : undefined
  // Some are there and do not work: a rustup without a toolchain, a python3 of a version manager that has none.
  if (version === undefined)
    return `${wanted}; \`${ask.join(' ')}\` says: ${firstLine(output)}. ${/no default .*(?:configured|set)/.test(output) ? CHOOSE_RUST : get}`
  return isAtLeast(version, least) ? undefined : `${wanted}; ${version} is there. ${get}`
}

/** @param {string} output */
function firstLine(output) {
  return output.trim().split('\n', 1)[0]?.replace(/\.+$/, '')
}

/**
 * @param {string} version
 * @param {string} least
 */
function isAtLeast(version, least) {
  const [has, needs] = [version, least].map((text) => text.split('.').map(Number))
  for (const [index, need] of (needs ?? []).entries()) {
    const part = has?.[index] ?? 0
    if (part !== need) return part > need
  }
  return true
}
