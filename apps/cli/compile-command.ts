import { eachFile } from './each-file.js'
import { printWarnings } from './print-warnings.js'
import { releaseJson } from './release-json.js'
import type { Terminal } from './terminal.js'
import type { FileFlags } from './vt.js'

/**
 * Shows the entries that become of files.
 * @returns the exit code: 1 if any file was refused
 */
export async function compileCommand(files: readonly string[], flags: FileFlags, terminal: Terminal): Promise<number> {
  return eachFile(files, flags, terminal, async (file, made) => {
    if (flags.json) return terminal.out(`${releaseJson(made)}\n`)
    const { printTable } = await import('./print-table.js')
    printTable(file, made, terminal)
    printWarnings(file, made, flags, terminal)
  })
}
