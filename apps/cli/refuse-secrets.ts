import { VarTrackError } from '@vartrack/errors'
import { isCredentialName } from '@vartrack/secrets/credential-names'

/**
 * Refuses an option that would carry a secret: a command line is seen by everybody on the machine and kept in the shell's history.
 * @throws VarTrackError `cli.secret_argument`, naming the option and never its value
 */
export function refuseSecrets(args: readonly string[]): void {
  const end = args.indexOf('--')
  for (const argument of end < 0 ? args : args.slice(0, end)) {
    const name = /^--([a-z][a-z0-9_-]*)/i.exec(argument)?.[1]
    if (name === undefined || !isCredentialName(name)) continue
    throw new VarTrackError({
      code: 'cli.secret_argument',
      message: `--${name} would show a secret to everybody who can list the processes of this machine.`,
      remedy: 'Leave it out: vt works without a server and needs no secret.',
    })
  }
}
