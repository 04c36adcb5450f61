import type { Bundle, Platform } from '@vartrack/bundle'
import { VarTrackError } from '@vartrack/errors'
import { findPlatform, type Headers, platformHandlers, recognisedPlatforms } from '@vartrack/platforms'
import type { IngressDependencies } from './dependencies.js'
import { parseJson } from './parse-json.js'

/** A delivery whose signature is right; its payload is JSON and not yet checked any further. */
export interface TrustedDelivery {
  readonly platform: Platform
  readonly payload: unknown
}

/**
 * The delivery's platform and payload, once its signature has been found right. Nothing is parsed for a sender who knows no secret at all.
 * @throws VarTrackError `webhook.signature_*` 401, `webhook.platform_*` 404 or 400, `http.json` 400
 */
export async function readTrustedDelivery(
  headers: Headers,
  body: Buffer,
  { platforms }: Bundle,
  secret: IngressDependencies['secret'],
): Promise<TrustedDelivery> {
  const recognised = recognisedPlatforms(headers, platforms)
  const refusals = new Map<string, VarTrackError>()
  for (const platform of recognised) {
    const refusal = await checkSignature(headers, body, platform, secret)
    if (refusal !== undefined) refusals.set(platform.name, refusal)
  }
  const [first] = refusals.values()
  if (first !== undefined && refusals.size === recognised.length) throw first
  const payload = parseJson(body)
  const platform = findPlatform(headers, payload, platforms)
  // Signed, but with the secret of another platform.
  const refusal = refusals.get(platform.name)
  if (refusal !== undefined) throw refusal
  return { platform, payload }
}

/**
 * Refuses by its headers what will not be trusted whatever its body says, so that nobody has to read it.
 * @throws VarTrackError `webhook.platform_unknown` 404, `webhook.signature_missing`, `_sha1`, `_malformed` 401
 */
export function requireTrustworthyHeaders(headers: Headers, { platforms }: Bundle): void {
  const refusals = recognisedPlatforms(headers, platforms).map((platform) => refusalOf(headers, platform))
  const [first] = refusals
  if (first !== undefined && !refusals.includes(undefined)) throw first
}

function refusalOf(headers: Headers, platform: Platform): VarTrackError | undefined {
  try {
    platformHandlers[platform.kind].requireSignature(headers, platform)
    return undefined
  } catch (error) {
    if (error instanceof VarTrackError) return error
    throw error
  }
}

async function checkSignature(
  headers: Headers,
  body: Buffer,
  platform: Platform,
  secret: IngressDependencies['secret'],
): Promise<VarTrackError | undefined> {
  try {
    platformHandlers[platform.kind].verify(headers, body, await secret(platform.secret), platform)
    return undefined
  } catch (error) {
    if (!(error instanceof VarTrackError)) throw error
    return error.status === 401 ? error : secretUnavailable(platform, error)
  }
}

/** The reference cannot be resolved right now: ours to mend, so the host is asked to come again. */
function secretUnavailable(platform: Platform, cause: VarTrackError): VarTrackError {
  return new VarTrackError({
    code: 'webhook.secret_unavailable',
    message: `The secret of platform ${platform.name} cannot be read: ${cause.message}`,
    ...(cause.remedy === undefined ? {} : { remedy: cause.remedy }),
    disposition: { kind: 'retry' },
    status: 503,
    cause,
  })
}
