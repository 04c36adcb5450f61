import { existsSync } from 'node:fs'
import type { Remote } from '../contract.js'
import { GaveUp } from './gave-up.js'

/** How a repository is reached without git. */
export interface Route {
  readonly origin: string
  /** Path of the repository, as git would ask for it. */
  readonly path: string
  /** PEM file of the certificate authorities that git would trust; `undefined` for http. */
  readonly authorities: string | undefined
}

/** Each of these may send requests through a proxy. */
const PROXIES = ['http_proxy', 'https_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']
/** How they are read depends on the library that git was built with. */
const TRUST = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAPATH']
/** Where systems keep what git trusts if it is told nothing else: Debian, Alpine and others; Red Hat; SUSE. */
const SYSTEM_AUTHORITIES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/ca-bundle.pem']

/**
 * The route to a remote.
 * @param environment of git: proxy and certificate variables
 * @throws GaveUp `not_applicable` whenever git might go another way, or trust another certificate
 */
export function routeTo(remote: Remote, environment: Readonly<Record<string, string>>): Route {
  const url = new URL(remote.url)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new GaveUp('not_applicable', 'another transport')
  // An address that the parser of URLs writes otherwise, git may ask for otherwise.
  if (url.origin + url.pathname !== remote.url) throw new GaveUp('not_applicable', 'an unusual address')
  if (mayUseProxy(url.hostname, environment)) throw new GaveUp('not_applicable', 'a proxy')
  const authorities = url.protocol === 'https:' ? authoritiesOf(environment) : undefined
  return { origin: url.origin, path: url.pathname.replace(/\/$/, ''), authorities }
}

function authoritiesOf(environment: Readonly<Record<string, string>>): string {
  if (TRUST.some((name) => environment[name])) throw new GaveUp('not_applicable', 'certificates of its own')
  const file = environment['GIT_SSL_CAINFO'] || SYSTEM_AUTHORITIES.find((path) => existsSync(path))
  if (file === undefined) throw new GaveUp('not_applicable', 'no certificate authorities where they are looked for')
  return file
}

/** Rather true than false: a request that goes around a proxy would be a leak. */
function mayUseProxy(host: string, environment: Readonly<Record<string, string>>): boolean {
  if (!PROXIES.some((name) => environment[name])) return false
  const exceptions = [environment['no_proxy'], environment['NO_PROXY']].filter((value) => value)
  return exceptions.length === 0 || !exceptions.every((value) => isException(host, value ?? ''))
}

/** Names and the domains below them, as curl reads them; not its networks. */
function isException(host: string, list: string): boolean {
  if (list.trim() === '*') return true
  const names = list.split(/[\s,]+/).map((name) => name.toLowerCase().replace(/^\./, ''))
  return names.some((name) => name !== '' && (host === name || host.endsWith(`.${name}`)))
}
