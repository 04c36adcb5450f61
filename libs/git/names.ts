import { VarTrackError } from '@vartrack/errors'
import { hasUserInfo } from '@vartrack/secrets/addresses'
import type { PathDefect, Remote } from './contract.js'

/**
 * Only http, https and ssh, no credentials, nothing that could be read as an option or another transport (`ext::`, `file://`, `-u`).
 * @throws VarTrackError `git.unsafe_url`
 */
export function checkRemote(remote: Remote): void {
  const url = URL.canParse(remote.url) ? new URL(remote.url) : undefined
  const defect = urlDefect(remote.url, url)
  if (defect === undefined) return
  throw new VarTrackError({
    code: 'git.unsafe_url',
    message: `The repository address is refused: ${defect}.`,
    remedy: 'Use an address such as https://git.example.com/owner/name.git, with the token in the platform block of the bundle.',
  })
}

function urlDefect(text: string, url: URL | undefined): string | undefined {
  if (url === undefined || !['http:', 'https:', 'ssh:'].includes(url.protocol)) return 'it is not an http, https or ssh URL'
  if (hasUserInfo(url)) return 'it carries credentials'
  if (url.hostname === '' || url.hostname.startsWith('-')) return 'its host is not a host name'
  // The URL parser has folded dot segments away already, so they are looked for in the text.
  const wandering = /\/(\.|%2e){1,2}(\/|$)/i.test(text)
  if (wandering || hasControlCharacter(text) || text.includes('::') || url.pathname.includes('/-')) return 'its path holds names that are not allowed'
  return undefined
}

/**
 * A full ref name after git-check-ref-format(1), so that a tag cannot stand in for a branch and no name is read as an option.
 * @throws VarTrackError `git.unsafe_name`
 */
export function checkRef(ref: string): void {
  const parts = ref.split('/')
  const sound =
    ref.length <= 512 &&
    parts.length >= 3 &&
    parts[0] === 'refs' &&
    !hasControlCharacter(ref) &&
    !/[ ~^:?*[\\]|\.\.|@\{/.test(ref) &&
    parts.every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock') && !part.endsWith('.'))
  if (!sound) throw unsafeName(`The ref ${JSON.stringify(ref.slice(0, 200))} is not a full, well-formed ref name.`)
}

/** @throws VarTrackError `git.unsafe_name` for anything but a full object id */
export function checkObjectId(id: string): void {
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(id)) throw unsafeName(`${JSON.stringify(id.slice(0, 80))} is not a full object id.`)
}

/** What makes a path of a repository unsafe to use as a name anywhere else; `undefined`: nothing. */
export function pathDefect(path: string, bytes: Buffer): Exclude<PathDefect, 'case_collision'> | undefined {
  if (path.includes('\ufffd') && !Buffer.from(path).equals(bytes)) return 'not_utf8'
  if (hasControlCharacter(path)) return 'control_character'
  if (path.startsWith('/') || path.split('/').some((part) => part === '..' || part === '.' || part === '' || part.toLowerCase() === '.git'))
    return 'traversal'
  return undefined
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || code === 0x7f) return true
  }
  return false
}

function unsafeName(message: string): VarTrackError {
  return new VarTrackError({ code: 'git.unsafe_name', message, remedy: 'Rename it in the repository, or leave it out of the rule.' })
}
