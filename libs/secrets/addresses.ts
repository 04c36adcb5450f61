import { isCredentialName } from './credential-names.js'
import { MASKED } from './masked.js'

/** Scheme and authority of a URL; browsers and Node take `\` and any number of slashes, too. */
const AUTHORITY = /^[a-z][a-z0-9+.-]*:[/\\]{2,}([^/\\?#]*)/i

/** `user:password@host/name`, and a URL with a slash too few. */
const WITHOUT_SCHEME = /^[^/\\@\s]+:[^@\s]*@/

/** What stands in front of a host. A user alone is the way ssh addresses are written, and no credential. */
const USER_INFO = /(?<!\bssh)(:[/\\]{2,})[^/\\\s?#]*@/gi
const USER_INFO_OF_SSH = /(?<=\bssh)(:[/\\]{2,})[^/\\\s?#:]*:[^/\\\s?#]*@/gi
const QUERY_PART = /([?&])([^=&?\s]+)=([^&#\s]*)/g

/**
 * Does an address hold a credential: a user or a password in front of its host, or a query? A user alone is none in an address of ssh.
 * @param text a URL, or what is none: a path, `owner/name`
 */
export function carriesCredentials(text: string): boolean {
  const authority = AUTHORITY.exec(text)?.[1]
  if (authority === undefined) return WITHOUT_SCHEME.test(text)
  const user = authority.slice(0, Math.max(0, authority.lastIndexOf('@')))
  const named = user !== '' && /^ssh:/i.test(text) && !user.includes(':')
  return (authority.includes('@') && !named) || text.includes('?')
}

/** Does a URL have a user or a password in front of its host? A user alone is the way ssh addresses are written. */
export function hasUserInfo({ protocol, username, password }: URL): boolean {
  return password !== '' || (username !== '' && protocol !== 'ssh:')
}

/** The text with what may be a credential in the addresses within it as `***`: what stands in front of a host, and the parts of a query that are named like one. */
export function maskAddresses(text: string): string {
  return text
    .replace(USER_INFO, `$1${MASKED}@`)
    .replace(USER_INFO_OF_SSH, `$1${MASKED}@`)
    .replace(QUERY_PART, (whole, mark: string, name: string, value: string) =>
      isCredentialName(name) || namesCredential(value) ? `${mark}${name}=${MASKED}` : whole,
    )
}

/** `authMechanismProperties=AWS_SESSION_TOKEN:...` of MongoDB. */
function namesCredential(value: string): boolean {
  return value.split(',').some((property) => isCredentialName(/^([^:%]+)(?::|%3a)/i.exec(property)?.[1] ?? ''))
}
