import { cargoTargetDirectory } from '../setup/paths.mjs'
import { judge } from './counts.mjs'
import { show } from './show.mjs'

/** @typedef {import('./counts.mjs').Counts} Counts */

/** `test result: ok. 12 passed; 0 failed; 0 ignored; ...`, once for each test program. */
const RESULT = /^test result: .*? (\d+) passed; (\d+) failed;/gm

/**
 * Runs the tests of the Rust core.
 * @returns {Promise<Counts>}
 */
export async function runCargoTests() {
  const { code, output } = await show('cargo', [
    'test',
    '--manifest-path',
    'rust-core/Cargo.toml',
    '--target-dir',
    cargoTargetDirectory(),
    '--locked',
    '--no-fail-fast',
  ])
  return judge('cargo test', countResults(output), code)
}

/**
 * @param {string} output
 * @returns {Counts}
 */
export function countResults(output) {
  const counts = { passed: 0, failed: 0 }
  for (const [, passed, failed] of output.matchAll(RESULT)) {
    counts.passed += Number(passed)
    counts.failed += Number(failed)
  }
  return counts
}
