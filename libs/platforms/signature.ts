import { createHmac, timingSafeEqual } from 'node:crypto'
import { VarTrackError } from '@vartrack/errors'
import type { Headers } from './contract.js'

/** Where a kind of host puts its signature and how it looks. */
export interface SignatureStyle {
  /** Header name, lower case. */
  readonly header: string
  /** Stands before the hex digits: `sha256=`, or nothing. */
  readonly prefix: string
  /** Header of the old SHA-1 signature, which is told apart to be refused by name. */
  readonly weakHeader: string
}

/**
 * HMAC-SHA256 over the raw bytes, compared in constant time.
 * @throws VarTrackError status 401: `webhook.signature_unconfigured`, `_missing`, `_sha1`, `_malformed`, `_wrong`
 */
export function verifySignature(headers: Headers, body: Buffer, secret: string, style: SignatureStyle): void {
  if (secret === '') throw refused('unconfigured', 'The platform has no secret configured, so nothing it sends can be trusted.')
  const expected = createHmac('sha256', secret).update(body).digest()
  if (!timingSafeEqual(expected, readSignature(headers, style))) throw refused('wrong', 'The signature does not fit the body.')
}

/**
 * The 32 bytes that the headers give as signature.
 * @throws VarTrackError status 401: `webhook.signature_missing`, `_sha1`, `_malformed`
 */
export function readSignature(headers: Headers, style: SignatureStyle): Buffer {
  const given = headers[style.header]
  if (given === undefined && headers[style.weakHeader] !== undefined) throw refused('sha1', 'The delivery is signed with SHA-1 only.')
  if (given === undefined || given === '') throw refused('missing', `The delivery carries no ${style.header} header.`)
  if (/^sha1=/i.test(given)) throw refused('sha1', 'The delivery is signed with SHA-1 only.')
  const hex = given.startsWith(style.prefix) ? given.slice(style.prefix.length) : ''
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw refused('malformed', `The ${style.header} header is not ${style.prefix} and 64 hex digits.`)
  return Buffer.from(hex, 'hex')
}

function refused(reason: string, message: string): VarTrackError {
  return new VarTrackError({
    code: `webhook.signature_${reason}`,
    message,
    remedy: "Set the same secret in the host's webhook settings and in the platform block of the bundle; the signature is SHA-256.",
    status: 401,
  })
}
