import { VarTrackError } from '@vartrack/errors'
import type { SecretReference } from '@vartrack/sink-kit'

/** Environment variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Reads a file as text; `fs.promises.readFile` with `utf8` in the processes. */
export type ReadFile = (path: string) => Promise<string>

/**
 * The text of a credential. Of a file the line break at its end is taken off, as editors and `echo` put one there.
 * @throws VarTrackError `secret.env_missing`, `secret.file_unreadable`, `secret.empty`, `secret.manager_unavailable`; never with the value
 */
export async function resolveReference(reference: SecretReference, env: Environment, readFile: ReadFile): Promise<string> {
  if (typeof reference === 'string') return reference
  if ('env' in reference) return fromEnvironment(reference.env, env)
  if ('file' in reference) return fromFile(reference.file, readFile)
  throw new VarTrackError({
    code: 'secret.manager_unavailable',
    message: `The secret ${reference.ref.path}#${reference.ref.key} lies in a secret manager, and none is available.`,
    remedy: 'Give the credential as {file: "..."} or {env: "..."}.',
  })
}

function fromEnvironment(name: string, env: Environment): string {
  const value = env[name]
  if (value === undefined)
    throw missing('secret.env_missing', `The environment variable ${name} is not set.`, 'Set it for every process of varTrack.')
  return nonEmpty(value, `The environment variable ${name}`)
}

async function fromFile(path: string, readFile: ReadFile): Promise<string> {
  const text = await readFile(path).catch((error: unknown) => {
    throw unreadable(path, error)
  })
  return nonEmpty(text.replace(/\r?\n$/, ''), `The secret file ${path}`)
}

/** An empty credential would make an HMAC anybody can compute. */
function nonEmpty(value: string, what: string): string {
  if (value === '') throw missing('secret.empty', `${what} is empty.`, 'Put the credential there.')
  return value
}

function missing(code: string, message: string, remedy: string): VarTrackError {
  return new VarTrackError({ code, message, remedy })
}

function unreadable(path: string, cause: unknown): VarTrackError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unreadable'
  return new VarTrackError({
    code: 'secret.file_unreadable',
    message: `The secret file ${path} cannot be read (${reason}).`,
    remedy: 'Mount the file, or let the user that varTrack runs as read it.',
    cause,
  })
}
