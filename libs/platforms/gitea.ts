import type { Platform } from '@vartrack/bundle'
import { cloneUrl } from './clone-url.js'
import type { PlatformKindHandler } from './contract.js'
import { readDeliveryId } from './delivery.js'
import { readDelete, readPullRequest, readPush } from './payload.js'
import { readSignature, type SignatureStyle, verifySignature } from './signature.js'

const UPDATING = ['opened', 'reopened', 'synchronized', 'edited']

/** Gitea; payloads follow GitHub's shape (docs.gitea.com, "Webhooks"), the signature is bare hex. */
export const gitea: PlatformKindHandler = {
  recognises: (headers, platform) => headers[platform.eventTypeHeader.toLowerCase()] !== undefined,
  requireSignature: (headers, platform) => void readSignature(headers, styleOf(platform)),
  verify: (headers, body, secret, platform) => verifySignature(headers, body, secret, styleOf(platform)),
  normalise(headers, body, platform) {
    const deliveryId = readDeliveryId(headers, 'x-gitea-delivery')
    const name = headers[platform.eventTypeHeader.toLowerCase()] ?? ''
    if (name === platform.pushEventName) return readPush(body, deliveryId)
    if (name === platform.prEventName) return readPullRequest(body, deliveryId, UPDATING)
    return name === 'delete' ? readDelete(body, deliveryId) : { kind: 'unhandled', name, deliveryId }
  },
  cloneUrl,
}

function styleOf(platform: Platform): SignatureStyle {
  const header = platform.signatureHeader.toLowerCase()
  return { header, prefix: header === 'x-hub-signature-256' ? 'sha256=' : '', weakHeader: 'x-hub-signature' }
}
