import type { Platform } from '@vartrack/bundle'
import { cloneUrl } from './clone-url.js'
import type { PlatformKindHandler } from './contract.js'
import { readDeliveryId } from './delivery.js'
import { readDelete, readPullRequest, readPush } from './payload.js'
import { readSignature, type SignatureStyle, verifySignature } from './signature.js'

const UPDATING = ['opened', 'reopened', 'synchronize', 'edited']
/** Gitea and its kin send GitHub's headers beside their own. */
const KIN = ['x-gitea-event', 'x-forgejo-event', 'x-gogs-event']

/** github.com and GitHub Enterprise Server. Payloads: docs.github.com, "Webhook events and payloads". */
export const github: PlatformKindHandler = {
  recognises: (headers, platform) => headers[platform.eventTypeHeader.toLowerCase()] !== undefined && !KIN.some((name) => name in headers),
  requireSignature: (headers, platform) => void readSignature(headers, styleOf(platform)),
  verify: (headers, body, secret, platform) => verifySignature(headers, body, secret, styleOf(platform)),
  normalise(headers, body, platform) {
    const deliveryId = readDeliveryId(headers, 'x-github-delivery')
    const name = headers[platform.eventTypeHeader.toLowerCase()] ?? ''
    if (name === platform.pushEventName) return readPush(body, deliveryId)
    if (name === platform.prEventName) return readPullRequest(body, deliveryId, UPDATING)
    return name === 'delete' ? readDelete(body, deliveryId) : { kind: 'unhandled', name, deliveryId }
  },
  cloneUrl,
}

function styleOf(platform: Platform): SignatureStyle {
  return { header: platform.signatureHeader.toLowerCase(), prefix: 'sha256=', weakHeader: 'x-hub-signature' }
}
