import type { Platform } from '@vartrack/bundle'

/** Where a repository is fetched from, by the endpoint of the bundle and never by what a payload says. Without credentials. */
export function cloneUrl(platform: Platform, repo: string): string {
  const endpoint = new URL(platform.endpoint)
  const path = `${endpoint.pathname.replace(/\/+$/, '')}/${repo}.git`
  return platform.protocol === 'ssh' ? `ssh://git@${endpoint.hostname}${path}` : `${endpoint.origin}${path}`
}

/** The repository (`owner/name`) that an address of this platform stands for; `undefined`: it is not of this platform. */
export function repositoryAt(platform: Platform, url: string): string | undefined {
  const root = cloneUrl(platform, '')
  const start = root.slice(0, -'.git'.length)
  return url.startsWith(start) && url.endsWith('.git') ? url.slice(start.length, -'.git'.length) : undefined
}
