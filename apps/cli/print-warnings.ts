import type { Diagnostic } from '@vartrack/core'
import { describePosition, firstOf } from '@vartrack/errors'
import { type Terminal, visible } from './terminal.js'
import type { FileFlags } from './vt.js'

/** What was let pass of a file. */
export interface Passed {
  readonly diagnostics: readonly Diagnostic[]
  /** Maps at the top of the file that may be sections of other environments, where none are named. */
  readonly unnamed: readonly string[]
}

/** Prints what was let pass of a file, a line each with its place, and what to do where a flag would have helped. */
export function printWarnings(file: string, { diagnostics, unnamed }: Passed, flags: FileFlags, terminal: Terminal): void {
  const paint = terminal.paint.err
  const warn = (code: string, message: string, place: string) =>
    terminal.err(`${paint('warning', 'yellow')}: ${visible(`${place}: ${message}`)} [${code}]\n`)
  const advise = (remedy: string) => terminal.err(` ${paint('=', 'cyan')} ${remedy}\n`)
  for (const { code, message, line, column, ...place } of diagnostics) {
    warn(code, message, describePosition({ file: place.file ?? file, line, column }))
    if (code === 'env.unsliced' && flags.rule === undefined)
      advise(`No environments are named here, so only the top of the file was searched for them. ${NAME_THEM}`)
  }
  if (unnamed.length > 0) {
    warn(
      'env.unnamed',
      `No environments are named here, so what lies in ${firstOf(unnamed.map((name) => JSON.stringify(name)))} beside the section ${JSON.stringify(flags.env)} counts as values.`,
      file,
    )
    advise(NAME_THEM)
  }
}

const NAME_THEM = 'Name them as the bundle does, with --rule and a file such as {"environments": ["production", "staging"]}.'
