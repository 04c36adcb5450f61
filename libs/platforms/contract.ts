import type { Platform } from '@vartrack/bundle'

/** What a platform told us, in one shape for all of them. Refs are full (`refs/heads/main`); a zero id is `undefined`. */
export type PlatformEvent =
  | {
      readonly kind: 'push'
      /** `owner/name` */
      readonly repo: string
      readonly ref: string
      readonly before: string | undefined
      /** `undefined`: the ref was deleted. */
      readonly after: string | undefined
      readonly defaultBranch: string
      readonly deliveryId: string
    }
  | {
      readonly kind: 'pull_request'
      readonly repo: string
      readonly number: number
      readonly action: 'updated' | 'closed'
      /** Branch names, without `refs/heads/`. */
      readonly head: string
      readonly base: string
      /** Ref of the pull request at the base repository: `refs/pull/42/head`. */
      readonly ref: string
      readonly headCommit: string
      readonly defaultBranch: string
      readonly deliveryId: string
    }
  | { readonly kind: 'unhandled'; readonly name: string; readonly deliveryId: string }

/** Header names in lower case; a header that came twice is refused before this is built. */
export type Headers = Readonly<Record<string, string>>

/** What one kind of Git host does its own way. gitlab and bitbucket fill the same contract. */
export interface PlatformKindHandler {
  /** Do the headers say the delivery is of this kind? */
  recognises(headers: Headers, platform: Platform): boolean
  /** Do the headers carry what {@link verify} checks, in the right form? Asked before the body is read. @throws VarTrackError `webhook.signature_*` status 401 */
  requireSignature(headers: Headers, platform: Platform): void
  /** HMAC-SHA256 over the raw bytes, compared in constant time. @throws VarTrackError `webhook.signature_*` status 401 */
  verify(headers: Headers, body: Buffer, secret: string, platform: Platform): void
  /** @throws VarTrackError `webhook.payload` status 400 for a body that is not what the event's name says */
  normalise(headers: Headers, body: unknown, platform: Platform): PlatformEvent
  /** Where the repository is fetched from; never with credentials in it. */
  cloneUrl(platform: Platform, repo: string): string
}
