import type { Diagnostic } from '@vartrack/core'
import { type Terminal, visible } from './terminal.js'
import type { FileFlags } from './vt.js'

/** Prints what was let pass, a line each, and what to do where a flag would have helped. */
export function printWarnings(diagnostics: readonly Diagnostic[], flags: FileFlags, terminal: Terminal): void {
  const paint = terminal.paint.err
  for (const { code, message } of diagnostics) {
    terminal.err(`${paint('warning', 'yellow')}: ${visible(message)} [${code}]\n`)
    if (code === 'env.unsliced' && flags.rule === undefined) terminal.err(` ${paint('=', 'cyan')} ${UNNAMED}\n`)
  }
}

const UNNAMED =
  'No environments are named here, so only the top of the file was searched for them. Name them as the bundle does, with --rule and a file such as {"environments": ["production", "staging"]}.'
