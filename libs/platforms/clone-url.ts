import type { Platform } from '@vartrack/bundle'

/** Where a repository is fetched from, by the endpoint of the bundle and never by what a payload says. Without credentials. */
export function cloneUrl(platform: Platform, repo: string): string {
  const endpoint = new URL(platform.endpoint)
  const path = `${endpoint.pathname.replace(/\/+$/, '')}/${repo}.git`
  return platform.protocol === 'ssh' ? `ssh://git@${endpoint.hostname}${path}` : `${endpoint.origin}${path}`
}
