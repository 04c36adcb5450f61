import { isCredentialName } from './credential-names.js'
import { MASKED } from './masked.js'

/** Scheme and authority of a URL; browsers and Node take `\` and any number of slashes, too. */
const AUTHORITY = /^[a-z][a-z0-9+.-]*:[/\\]{2,}([^/\\?#]*)/i

/** `user:password@host/name`, and a URL with a slash too few. */
const WITHOUT_SCHEME = /^[^/\\@\s]+:[^@\s]*@/

/** What may stand in front of a host, and the host: no group is repeated, for texts have megabytes and each time takes stack. */
const AFTER_SCHEME = /(:[/\\]{2,})([^/\\\s]+)/g
const QUERY_PART = /([?&])([^=&?\s]+)=([^&\s]*)/g
/** A quote belongs to an address, unless it ends the text that the address stands in. */
const CLOSING_QUOTE = /["'](?=[\s,:;.)}\]]|$)/

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
    .replace(AFTER_SCHEME, (_whole, slashes: string, rest: string, at: number) => slashes + withoutUserInfo(rest, isSsh(text, at)))
    .replace(QUERY_PART, (whole, mark: string, name: string, value: string) =>
      isCredentialName(name) || namesCredential(value) ? `${mark}${name}=${MASKED}${value.slice(unquoted(value).length)}` : whole,
    )
}

/** A password may hold any sign; without one, `?` and `#` end what may hold a user, who alone is no credential to ssh. */
function withoutUserInfo(rest: string, ssh: boolean): string {
  const address = unquoted(rest)
  const authority = address.split(/[?#]/, 1)[0] ?? ''
  const at = address.includes(':') ? address.lastIndexOf('@') : authority.lastIndexOf('@')
  const isUserAlone = ssh && !address.slice(0, at).includes(':')
  return at < 0 || isUserAlone ? rest : `${MASKED}${rest.slice(at)}`
}

function unquoted(text: string): string {
  const end = text.search(CLOSING_QUOTE)
  return end < 0 ? text : text.slice(0, end)
}

function isSsh(text: string, at: number): boolean {
  return /(?:^|\W)ssh$/i.test(text.slice(Math.max(0, at - 4), at))
}

/** `authMechanismProperties=AWS_SESSION_TOKEN:...` of MongoDB. */
function namesCredential(value: string): boolean {
  return value.split(',').some((property) => isCredentialName(/^([^:%]+)(?::|%3a)/i.exec(property)?.[1] ?? ''))
}
