import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { VarTrackError } from '@vartrack/errors'

/** A static bearer token as the bundle holds it: only its hash. */
export interface TokenRecord {
  readonly name: string
  /** Hex SHA-256 of the token. */
  readonly sha256: string
  readonly groups?: readonly string[]
}

/** Who is asking. */
export interface Caller {
  readonly name: string
  readonly groups: readonly string[]
}

/**
 * Tells who a bearer token belongs to.
 * @throws VarTrackError `auth.token_missing`, `auth.token_unknown`, both status 401
 */
export type TokenCheck = (token: string | undefined) => Caller

/** Checks against the records; each is compared, in constant time, so that an answer's time tells nothing. */
export function createTokenCheck(records: readonly TokenRecord[]): TokenCheck {
  const known = records.map((record) => ({ record, hash: Buffer.from(record.sha256, 'hex') })).filter(({ hash }) => hash.length === 32)
  return (token) => {
    if (token === undefined || token === '') throw refused('missing', 'The request carries no bearer token.')
    const hash = createHash('sha256').update(token).digest()
    const found = known.filter((each) => timingSafeEqual(each.hash, hash))[0]
    if (found === undefined) throw refused('unknown', 'The bearer token is not known.')
    return { name: found.record.name, groups: found.record.groups ?? [] }
  }
}

/** A token for a bundle without `auth`, to be printed once at start, and the record that accepts it. */
export function createStartToken(): { readonly token: string; readonly record: TokenRecord } {
  const token = `vt_${randomBytes(24).toString('base64url')}`
  return { token, record: { name: 'start', sha256: createHash('sha256').update(token).digest('hex'), groups: ['admin'] } }
}

/** The token of an `Authorization: Bearer` header; `undefined`: there is none. */
export function bearerToken(header: string | undefined): string | undefined {
  return header?.match(/^Bearer +([^\s,]+) *$/i)?.[1]
}

function refused(reason: 'missing' | 'unknown', message: string): VarTrackError {
  return new VarTrackError({
    code: `auth.token_${reason}`,
    message,
    remedy: 'Send "Authorization: Bearer <token>" with a token of the bundle, or the one printed at start.',
    status: 401,
  })
}
