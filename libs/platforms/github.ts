import { cloneUrl } from './clone-url.js'
import type { PlatformKindHandler } from './contract.js'
import { readDeliveryId } from './delivery.js'
import { readDelete, readPullRequest, readPush } from './payload.js'
import { verifySignature } from './signature.js'

const UPDATING = ['opened', 'reopened', 'synchronize', 'edited']
/** Gitea and its kin send GitHub's headers beside their own. */
const KIN = ['x-gitea-event', 'x-forgejo-event', 'x-gogs-event']

/** github.com and GitHub Enterprise Server. Payloads: docs.github.com, "Webhook events and payloads". */
export const github: PlatformKindHandler = {
  recognises: (headers, platform) => headers[platform.eventTypeHeader.toLowerCase()] !== undefined && !KIN.some((name) => name in headers),
  verify(headers, body, secret, platform) {
    const header = platform.signatureHeader.toLowerCase()
    verifySignature(headers, body, secret, { header, prefix: 'sha256=', weakHeader: 'x-hub-signature' })
  },
  normalise(headers, body, platform) {
    const deliveryId = readDeliveryId(headers, 'x-github-delivery')
    const name = headers[platform.eventTypeHeader.toLowerCase()] ?? ''
    if (name === platform.pushEventName) return readPush(body, deliveryId)
    if (name === platform.prEventName) return readPullRequest(body, deliveryId, UPDATING)
    return name === 'delete' ? readDelete(body, deliveryId) : { kind: 'unhandled', name, deliveryId }
  },
  cloneUrl,
}
