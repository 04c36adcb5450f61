import { SetupError } from './run.mjs'

/**
 * One thing that set-up makes or fetches.
 * @typedef {object} Step
 * @property {string} name
 * @property {string} why what it is for and how long it takes the first time, for a person who waits
 * @property {() => boolean | Promise<boolean>} [isDone] without it the step always runs and is quick when nothing changed
 * @property {() => Promise<unknown>} make
 * @property {boolean} [fetches] asks the network when it has something to make
 * @property {boolean} [compiles] keeps all cores busy: only one such step runs at a time
 */

/**
 * Runs chains of steps beside one another, each chain in its order, and tells what happens, a line for each thing.
 * @param {readonly (readonly Step[])[]} chains
 * @throws {SetupError} with every chain's failure
 */
export async function runChains(chains) {
  const compiler = createTurns()
  const results = await Promise.allSettled(chains.map((chain) => runChain(chain, compiler)))
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [messageOf(result.reason)] : []))
  if (failures.length > 0) throw new SetupError(failures.join('\n'))
}

/**
 * @param {readonly Step[]} chain
 * @param {Turns} compiler
 */
async function runChain(chain, compiler) {
  for (const step of chain) await (step.compiles ? compiler(() => runStep(step)) : runStep(step))
}

/** Tools tell a missing network in many words, and seldom in the last of them. */
const FETCH_REMEDY = 'This is fetched from the network: where there is none, or a proxy stands between, see to that and run this again.'

/** @param {Step} step */
async function runStep({ name, why, isDone, make, fetches }) {
  if (await isDone?.()) return tell(name, 'already there')
  const start = performance.now()
  tell(name, why)
  try {
    await make()
  } catch (error) {
    // The other chains may go on for minutes before the reasons are told.
    tell(name, 'failed')
    throw new SetupError(`${name}: ${messageOf(error)}`, fetches ? FETCH_REMEDY : undefined)
  }
  tell(name, `done in ${((performance.now() - start) / 1000).toFixed(1)} s`)
}

/** @typedef {(work: () => Promise<void>) => Promise<void>} Turns */

/** @returns {Turns} runs what it is given one after the other */
function createTurns() {
  /** @type {Promise<unknown>} */
  let last = Promise.resolve()
  return (work) => {
    const turn = last.then(work)
    // Whoever waits for this turn hears of its failure; the next one only waits for its end.
    last = turn.catch(() => undefined)
    return turn
  }
}

/**
 * @param {string} name
 * @param {string} what
 */
function tell(name, what) {
  console.log(`[setup] ${name.padEnd(20)} ${what}`)
}

/** What the machine refuses (a full disk, a file that may not be read) is no mistake of the set-up's: its stack would tell a person nothing. @param {unknown} error */
function messageOf(error) {
  if (!(error instanceof Error)) return String(error)
  return error instanceof SetupError || 'syscall' in error ? error.message : String(error.stack)
}
