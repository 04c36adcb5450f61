import type { Platform } from '@vartrack/bundle'
import { cloneUrl } from './clone-url.js'
import type { Headers, PlatformKindHandler } from './contract.js'
import { readDeliveryId } from './delivery.js'
import { readDelete, readPullRequest, readPush } from './payload.js'
import { readSignature, type SignatureStyle, verifySignature } from './signature.js'

/** What a Git host does its own way whose deliveries follow GitHub's: event name and id in headers, a signature over the body, GitHub's payloads. */
export interface OwnWay {
  /** Header that holds the id of a delivery, in lower case. */
  readonly deliveryHeader: string
  /** Actions of a pull request that may change what its merge would bring. */
  readonly updating: readonly string[]
  readonly signature: (platform: Platform) => SignatureStyle
  /** Do the headers say that another host sends it, which sends GitHub's beside its own? */
  readonly isKin?: (headers: Headers) => boolean
}

/** The handler of a Git host whose deliveries follow GitHub's. */
export function followsGitHub({ deliveryHeader, updating, signature, isKin = () => false }: OwnWay): PlatformKindHandler {
  return {
    recognises: (headers, platform) => eventName(headers, platform) !== undefined && !isKin(headers),
    requireSignature: (headers, platform) => void readSignature(headers, signature(platform)),
    verify: (headers, body, secret, platform) => verifySignature(headers, body, secret, signature(platform)),
    normalise(headers, body, platform) {
      const deliveryId = readDeliveryId(headers, deliveryHeader)
      const name = eventName(headers, platform) ?? ''
      if (name === platform.pushEventName) return readPush(body, deliveryId)
      if (name === platform.prEventName) return readPullRequest(body, deliveryId, updating)
      return name === 'delete' ? readDelete(body, deliveryId) : { kind: 'unhandled', name, deliveryId }
    },
    cloneUrl,
  }
}

function eventName(headers: Headers, platform: Platform): string | undefined {
  return headers[platform.eventTypeHeader.toLowerCase()]
}
