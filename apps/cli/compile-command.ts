import type { CompileResult } from '@vartrack/core'
import { errorJson } from './error-json.js'
import { printError } from './print-error.js'
import { releaseJson } from './release-json.js'
import type { Terminal } from './terminal.js'
import type { FileFlags } from './vt.js'
import { openWorkshop, type Workshop } from './workshop.js'

/**
 * Shows what varTrack makes of files, each as soon as it is known; a file that is refused does not stop the next one.
 * @returns the exit code: 1 if any file was refused
 */
export async function compileCommand(files: readonly string[], flags: FileFlags, terminal: Terminal): Promise<number> {
  const sources = new Map<string, Buffer>()
  const showing: Showing = { sources, terminal, json: flags.json === true }
  try {
    await using workshop = await openWorkshop(flags, sources)
    return await compileAll(files, workshop, showing)
  } catch (error) {
    // Without its rule no file can be read: each has this error for its line.
    for (const file of showing.json ? files : files.slice(0, 1)) await showError(error, file, showing)
    return 1
  }
}

interface Showing {
  readonly sources: ReadonlyMap<string, Buffer>
  readonly terminal: Terminal
  readonly json: boolean
}

async function compileAll(files: readonly string[], workshop: Workshop, showing: Showing): Promise<number> {
  let code = 0
  for (const file of files) {
    const outcome = await workshop.compile(file).then(
      (release) => ({ release }),
      (error: unknown) => ({ error }),
    )
    if ('release' in outcome) {
      await showRelease(outcome.release, file, showing)
    } else {
      code = 1
      await showError(outcome.error, file, showing)
    }
  }
  return code
}

async function showRelease(release: CompileResult, file: string, { terminal, json }: Showing): Promise<void> {
  if (json) return terminal.out(`${releaseJson(release)}\n`)
  const { printTable } = await import('./print-table.js')
  printTable(file, release, terminal)
}

async function showError(error: unknown, file: string, { sources, terminal, json }: Showing): Promise<void> {
  if (json) terminal.out(`${errorJson(error, file)}\n`)
  else printError(error, sources, terminal)
}
