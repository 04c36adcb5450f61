/** How many tests or checks went which way. @typedef {{ passed: number, failed: number }} Counts */

/**
 * What a runner counted, held against how it ended: one that ended badly without a failed test has failed as a whole, and so has one that ran nothing.
 * @param {string} runner
 * @param {Counts} counts
 * @param {number | null} code its exit code, `null` when it was killed or not started
 * @returns {Counts}
 */
export function judge(runner, counts, code) {
  const ran = counts.passed + counts.failed > 0
  if (counts.failed > 0 || (code === 0 && ran)) return counts
  console.error(`${runner} ${ran ? '' : 'ran no test and '}ended with ${code === null ? 'a signal' : `code ${code}`}: counted as one failure.`)
  return { passed: counts.passed, failed: 1 }
}
