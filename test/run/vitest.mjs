import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { judge } from './counts.mjs'
import { show } from './show.mjs'

/** @typedef {import('./counts.mjs').Counts} Counts */

/**
 * What is read of vitest's JSON report.
 * @typedef {{ numPassedTests: number, numFailedTests: number, testResults: { status: string, assertionResults: unknown[] }[] }} Report
 */

/**
 * Runs the tests of the TypeScript side against the real servers.
 * @param {readonly string[]} paths parts of file names; empty: all
 * @returns {Promise<Counts>}
 */
export async function runVitest(paths) {
  const folder = await mkdtemp(join(tmpdir(), 'vartrack-report-'))
  const file = join(folder, 'report.json')
  try {
    const args = ['run', '--config', 'test/vitest.config.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...paths]
    const { code } = await show('node_modules/.bin/vitest', args)
    const text = await readFile(file, 'utf8').catch(() => undefined)
    return judge('vitest', text === undefined ? { passed: 0, failed: 0 } : countReport(JSON.parse(text)), code)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * A file that failed before its first test (it could not be loaded) counts as one failure.
 * @param {Report} report
 * @returns {Counts}
 */
export function countReport({ numPassedTests, numFailedTests, testResults }) {
  const unloadable = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
  return { passed: numPassedTests, failed: numFailedTests + unloadable }
}
