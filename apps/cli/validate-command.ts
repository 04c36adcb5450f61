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
  return eachFile(files, flags, terminal, async (file, made) => {
    const { schema, digest, diagnostics } = made
    if (flags.json) return terminal.out(`${JSON.stringify({ valid: true, file, schema: schema ?? null, digest, diagnostics })}\n`)
    printWarnings(file, made, flags, terminal)
    const isLetPass = diagnostics.some(({ code }) => code === 'schema.violation')
    terminal.out(`${visible(file)} ${verdict(schema, isLetPass)}\n`)
  })
}

function verdict(schema: string | undefined, isLetPass: boolean): string {
  if (schema === undefined) return 'can be read; no schema governs it'
  return isLetPass ? `does not meet ${visible(schema)}; its rule is not strict and lets it pass` : `meets ${visible(schema)}`
}

function noSchema(): VarTrackError {
  return new VarTrackError({
    code: 'cli.no_schema',
    message: 'There is no schema to validate against.',
    remedy: 'Name a CUE file, or a folder of them, with --schema.',
  })
}
