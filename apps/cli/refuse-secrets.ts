import { VarTrackError } from '@vartrack/errors'
import { isCredentialName } from '@vartrack/secrets/credential-names'
import { nameOf } from './usage-error.js'

/**
 * Refuses an option that would carry a secret: a command line is seen by everybody on the machine and kept in the shell's history.
 * After `--` too: a secret that follows would be shown as the name of a file.
 * @throws VarTrackError `cli.secret_argument`, naming the option and never its value
 */
export function refuseSecrets(args: readonly string[]): void {
  for (const argument of args) {
    const [, dashes = '', name = ''] = /^(--?)([a-z][a-z0-9_-]*)(?:$|=)/i.exec(argument) ?? []
    // What follows one dash may be the value of an option of one letter, such as `-eauth`.
    const isSecret = isCredentialName(name) || (dashes === '--' ? LIKE_A_CREDENTIAL : STARTS_LIKE_ONE).test(name)
    if (!isSecret) continue
    throw new VarTrackError({
      code: 'cli.secret_argument',
      message: `${nameOf(argument)} would show a secret to everybody who can list the processes of this machine.`,
      remedy: 'Leave it out: vt works without a server and needs no secret.',
    })
  }
}

/** Short for, or part of, the name of a credential; no option of vt is. */
const LIKE_A_CREDENTIAL = /tok|pass|pwd|secret|key|cred|auth|bearer|jwt|cookie|signature|^pat$|^pw$/i
const STARTS_LIKE_ONE = /^(?:tok|pass|pwd|secret|key|cred|auth|bearer|jwt|cookie)/i
