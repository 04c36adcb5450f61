import { SetupError } from '../setup/run.mjs'
import { setUp } from '../setup/set-up.mjs'
import { runCargoTests } from './cargo.mjs'
import { runChecks } from './checks.mjs'
import { runVitest } from './vitest.mjs'

/** @typedef {import('./counts.mjs').Counts} Counts */

const IMPORT_RULES = 'test/architecture'
const [what, ...paths] = process.argv.slice(2)

const counts = await countAll()
console.log(`${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1

/**
 * `check` runs what needs no server, `test` everything; `test` with paths runs the tests in these alone.
 * @returns {Promise<Counts>}
 */
async function countAll() {
  try {
    await setUp('test')
  } catch (error) {
    console.error(error instanceof SetupError ? `[setup] cannot go on.\n${error.message}` : error)
    return { passed: 0, failed: 1 }
  }
  if (paths.length > 0) return runVitest(paths)
  return sum([await runChecks(), ...(what === 'check' ? [await runVitest([IMPORT_RULES])] : [await runCargoTests(), await runVitest([])])])
}

/**
 * @param {readonly Counts[]} all
 * @returns {Counts}
 */
function sum(all) {
  return all.reduce((one, other) => ({ passed: one.passed + other.passed, failed: one.failed + other.failed }), { passed: 0, failed: 0 })
}
