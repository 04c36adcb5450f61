import { Command, CommanderError } from 'commander'
import { refuseSecrets } from './refuse-secrets.js'
import { withoutStrangers } from './strangers.js'
import { type Terminal, visible, visibleJson } from './terminal.js'
import { SEE_HELP, usageError, withoutValues } from './usage-error.js'
import { VERSION } from './version.js'

/** Exit codes of vt. */
const FAILED = 1

/** What `compile` and `validate` are told. */
export interface FileFlags {
  readonly env: string
  readonly rule?: string
  readonly format?: string
  readonly schema?: string
  readonly tenant?: string
  readonly repo?: string
  readonly branch?: string
  readonly json?: boolean
}

/**
 * Runs one command of vt, to its end.
 * @param args the command line without the program's own name
 * @returns the exit code: 0, or 1 when anything failed
 */
export async function runVt(args: readonly string[], plain: Terminal): Promise<number> {
  const asJson = args.slice(0, args.includes('--') ? args.indexOf('--') : args.length).includes('--json')
  const terminal = asJson ? { ...plain, out: (text: string) => plain.out(visibleJson(text)) } : plain
  let code = 0
  const program = createProgram(terminal, (result) => {
    code = result
  })
  try {
    refuseSecrets(args)
    await program.parseAsync(withoutStrangers(args, program), { from: 'user' })
    return code
  } catch (error) {
    const isUsage = error instanceof CommanderError
    if (isUsage && error.exitCode === 0) return 0
    if (asJson) terminal.out(`${(await import('./error-json.js')).errorJson(isUsage ? usageError(error) : error)}\n`)
    // What is wrong with the command line commander has told already.
    else if (!isUsage) (await import('./print-error.js')).printError(error, new Map(), terminal)
    return FAILED
  }
}

/** Commands load what they need when they run: `vt version` must not wait for parsers. */
function createProgram(terminal: Terminal, ended: (code: number) => void): Command {
  const program = new Command('vt')
  program
    .description('What varTrack makes of a file, offline.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(visibleLines(text)),
      outputError: (text, write) => write(withoutValues(text)),
    })
    .showHelpAfterError(SEE_HELP)
  fileCommand(program, 'compile <file...>', 'Show the entries that become of files.').action(async (files: string[], flags: FileFlags) => {
    ended(await (await import('./compile-command.js')).compileCommand(files, flags, terminal))
  })
  fileCommand(program, 'validate <file...>', 'Hold files to a CUE schema.').action(async (files: string[], flags: FileFlags) => {
    ended(await (await import('./validate-command.js')).validateCommand(files, flags, terminal))
  })
  addBundleCommand(program, terminal, ended)
  program
    .command('version')
    .description('Print the version.')
    .option('--json', 'as JSON')
    .action((flags: { readonly json?: boolean }) => terminal.out(flags.json ? `${JSON.stringify({ version: VERSION })}\n` : `vt ${VERSION}\n`))
  return program
}

function fileCommand(program: Command, usage: string, description: string): Command {
  return program
    .command(usage)
    .description(description)
    .option('-e, --env <name>', 'environment whose values are wanted', 'default')
    .option('-r, --rule <file>', 'a rule in JSON, with the fields of a rule in the bundle')
    .option('-f, --format <name>', 'format of the files, whatever their names')
    .option('-s, --schema <path>', 'a CUE schema, or a folder of them')
    .option('--tenant <name>', 'for {tenant} in variables_map')
    .option('--repo <name>', 'for {repo} in variables_map')
    .option('--branch <name>', 'for {branch} in variables_map')
    .option('--json', 'one line of JSON for each file')
}

function addBundleCommand(program: Command, terminal: Terminal, ended: (code: number) => void): void {
  const bundle = program.command('bundle').description('About the bundle of an operator.')
  bundle
    .command('validate [file]')
    .description('Check a bundle; config.cue when no file is named.')
    .option('--json', 'as JSON')
    .action(async (file: string | undefined, flags: { readonly json?: boolean }) => {
      ended(await (await import('./bundle-command.js')).validateBundleCommand(file ?? 'config.cue', flags, terminal))
    })
}

/** What commander says may repeat an argument. */
function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n')
}
