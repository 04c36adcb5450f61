import { join } from 'node:path'
import { root } from './paths.mjs'
import { SetupError } from './run.mjs'
import { setUp } from './set-up.mjs'

/**
 * Sets up and then runs a program of the build in this same process, so that signals and arguments reach it.
 * @param {import('./set-up.mjs').Purpose} purpose
 * @param {string} [program] path from the folder of the checkout; none: set-up only
 */
export async function setUpAndRun(purpose, program) {
  try {
    await setUp(purpose)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.error(`[setup] cannot go on.\n${error.message}`)
    process.exitCode = 1
    return
  }
  if (program !== undefined) await import(join(root, program))
}
