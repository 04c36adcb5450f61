import { VarTrackError } from '@vartrack/errors'
import type { CommanderError } from 'commander'

/** Said with everything that is wrong with a command line. */
export const SEE_HELP = 'Run vt --help.'

/** What commander refuses as an error of vt, for programs. */
export function usageError({ message }: CommanderError): VarTrackError {
  const [first = ''] = withoutValues(message.replace(/^error: /, '')).split('\n(')
  return new VarTrackError({ code: 'cli.usage', message: `The command line is wrong: ${first.replace(/\.$/, '')}.`, remedy: SEE_HELP })
}

/** What commander says, without the value of an option that it does not know: it may be a secret. */
export function withoutValues(text: string): string {
  return text.replace(/(unknown (?:option|command) ')([^]*)'/, (_all, before: string, argument: string) => `${before}${nameOf(argument)}'`)
}

/** `--tok` of `--tok=x`, `-p` of `-px`. */
export function nameOf(argument: string): string {
  return /^-[^-]/.test(argument) ? Array.from(argument).slice(0, 2).join('') : argument.replace(/=[^]*/, '')
}
