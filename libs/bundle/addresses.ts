import { isCredentialName } from '@vartrack/secrets/credential-names'
import { MASKED } from '@vartrack/secrets/mask'

/** Scheme and authority of a URL; browsers and Node take `\` and any number of slashes, too. */
const AUTHORITY = /^[a-z][a-z0-9+.-]*:[/\\]{2,}([^/\\?#]*)/i

/** `user:password@host/name`, and a URL with a slash too few. */
const WITHOUT_SCHEME = /^[^/\\@\s]+:[^@\s]*@/

/**
 * Does a URL hold a credential: a user or a password in front of its host, or a query? A user alone is the way ssh addresses are written, and no credential.
 * @param text a URL, or what is none: a path, `owner/name`
 */
export function carriesCredentials(text: string): boolean {
  const authority = AUTHORITY.exec(text)?.[1]
  if (authority === undefined) return WITHOUT_SCHEME.test(text)
  const user = authority.slice(0, Math.max(0, authority.lastIndexOf('@')))
  const named = user !== '' && /^ssh:/i.test(text) && !user.includes(':')
  return (authority.includes('@') && !named) || text.includes('?')
}

/** The text with what may be a credential in the addresses within it as `***`: what stands in front of a host, and the parts of a query that are named like one. */
export function maskAddresses(text: string): string {
  return text
    .replace(/(:[/\\]{2,})[^/\\\s?#]*@/g, `$1${MASKED}@`)
    .replace(/([?&])([^=&\s]+)=([^&#\s]*)/g, (whole, mark: string, name: string, value: string) =>
      isCredentialName(name) || namesCredential(value) ? `${mark}${name}=${MASKED}` : whole,
    )
}

/** `authMechanismProperties=AWS_SESSION_TOKEN:...` of MongoDB. */
function namesCredential(value: string): boolean {
  return value.split(',').some((property) => isCredentialName(/^([^:%]+)(?::|%3a)/i.exec(property)?.[1] ?? ''))
}
