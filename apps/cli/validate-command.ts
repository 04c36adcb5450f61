import { VarTrackError } from '@vartrack/errors'
import { eachFile } from './each-file.js'
import { printWarnings } from './print-warnings.js'
import { type Terminal, visible } from './terminal.js'
import type { FileFlags } from './vt.js'

/**
 * Says whether files can be read and meet their schema, with every violation at its place.
 * @returns the exit code: 1 if any file was refused
 */
export async function validateCommand(files: readonly string[], flags: FileFlags, terminal: Terminal): Promise<number> {
  if (flags.schema === undefined) throw noSchema()
  return eachFile(files, flags, terminal, async (file, { schema, digest, diagnostics }) => {
    if (flags.json) return terminal.out(`${JSON.stringify({ valid: true, file, schema: schema ?? null, digest, diagnostics })}\n`)
    printWarnings(diagnostics, flags, terminal)
    terminal.out(`${visible(file)} ${schema === undefined ? 'can be read; no schema governs it' : `meets ${visible(schema)}`}\n`)
  })
}

function noSchema(): VarTrackError {
  return new VarTrackError({
    code: 'cli.no_schema',
    message: 'There is no schema to validate against.',
    remedy: 'Name a CUE file, or a folder of them, with --schema.',
  })
}
