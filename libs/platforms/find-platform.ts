import type { Platform } from '@vartrack/bundle'
import { VarTrackError } from '@vartrack/errors'
import { z } from 'zod'
import type { Headers } from './contract.js'
import { platformHandlers } from './registry.js'

/** What a delivery says about where it comes from, before it is trusted: it only chooses whose secret it is checked with. */
const Origin = z.object({
  repository: z
    .object({ html_url: z.string().max(2048).optional(), clone_url: z.string().max(2048).optional(), full_name: z.string().max(512).optional() })
    .optional(),
  organization: z.object({ login: z.string().max(256).optional(), username: z.string().max(256).optional() }).optional(),
})

/**
 * The platform a delivery belongs to: by its headers, then by the repository's host, then by its owner.
 * @param body the parsed, still unverified payload
 * @throws VarTrackError `webhook.platform_unknown` status 404, `webhook.platform_ambiguous` status 400
 */
export function findPlatform(headers: Headers, body: unknown, platforms: readonly Platform[]): Platform {
  const recognised = recognisedPlatforms(headers, platforms)
  const origin = readOrigin(body)
  const sameHost = recognised.filter((platform) => origin.host === undefined || new URL(platform.endpoint).host === origin.host)
  const named = sameHost.filter((platform) => platform.orgName !== undefined && platform.orgName.toLowerCase() === origin.owner?.toLowerCase())
  const open = sameHost.filter((platform) => platform.orgName === undefined)
  const candidates = named.length > 0 ? named : open.length > 0 ? open : sameHost
  const [found, second] = candidates
  if (found === undefined) throw unknownPlatform(recognised, origin.host)
  if (second !== undefined) throw ambiguous(candidates)
  return found
}

/** The platforms that send such headers. @throws VarTrackError `webhook.platform_unknown` status 404 when there is none */
export function recognisedPlatforms(headers: Headers, platforms: readonly Platform[]): Platform[] {
  const recognised = platforms.filter((platform) => platformHandlers[platform.kind].recognises(headers, platform))
  if (recognised.length === 0) throw unknownPlatform(recognised, undefined)
  return recognised
}

/** Does the platform care for the repository at all (`org_name`)? */
export function belongsToPlatform(platform: Platform, repo: string): boolean {
  return platform.orgName === undefined || repo.split('/')[0]?.toLowerCase() === platform.orgName.toLowerCase()
}

function readOrigin(body: unknown): { host: string | undefined; owner: string | undefined } {
  const origin = Origin.safeParse(body).data
  const page = origin?.repository?.html_url ?? origin?.repository?.clone_url ?? ''
  const owner = origin?.repository?.full_name?.split('/')[0] ?? origin?.organization?.login ?? origin?.organization?.username
  return { host: URL.canParse(page) ? new URL(page).host : undefined, owner }
}

function unknownPlatform(recognised: readonly Platform[], host: string | undefined): VarTrackError {
  const message =
    recognised.length === 0
      ? 'No platform of the bundle sends deliveries with these headers.'
      : `The repository lies on ${JSON.stringify(host)}; the platforms of this kind are at ${recognised.map((each) => each.endpoint).join(', ')}.`
  return new VarTrackError({
    code: 'webhook.platform_unknown',
    message,
    remedy: 'Add the Git host to platforms in the bundle, or correct its endpoint.',
    status: 404,
  })
}

function ambiguous(candidates: readonly Platform[]): VarTrackError {
  return new VarTrackError({
    code: 'webhook.platform_ambiguous',
    message: `The delivery fits several platforms: ${candidates.map((each) => each.name).join(', ')}.`,
    remedy: 'Give each of them its own org_name or endpoint in the bundle.',
    status: 400,
  })
}
