import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { judge } from './counts.mjs'
import { show } from './show.mjs'

/** @typedef {import('./counts.mjs').Counts} Counts */

/**
 * Runs the tests of the TypeScript side against the real servers.
 * @param {readonly string[]} paths parts of file names; empty: all
 * @returns {Promise<Counts>}
 */
export async function runVitest(paths) {
  const folder = await mkdtemp(join(tmpdir(), 'vartrack-report-'))
  const file = join(folder, 'counts.json')
  try {
    const args = ['run', '--config', 'test/vitest.config.ts', '--reporter=default', '--reporter=./test/run/count-reporter.mjs', ...paths]
    const { code } = await show('node_modules/.bin/vitest', args, { VT_COUNTS_FILE: file })
    const text = await readFile(file, 'utf8').catch(() => undefined)
    return judge('vitest', text === undefined ? { passed: 0, failed: 0 } : JSON.parse(text), code)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
