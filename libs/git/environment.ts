import type { Remote } from './contract.js'

/** Settings that hold for every command, whatever a repository or a machine's configuration says. */
const SETTINGS: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['credential.helper', ''],
  ['http.followRedirects', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['fetch.writeCommitGraph', 'false'],
  ['submodule.recurse', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['protocol.version', '2'],
]

/** What git needs of the machine: where programs lie, how to get out, whom to trust, and the keys of ssh. No `GIT_*` that would change what it does. */
const PASSED = ['PATH', 'HOME', 'TMPDIR', 'SSH_AUTH_SOCK', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAINFO', 'GIT_SSL_CAPATH'] as const
const PROXIES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'] as const

/** The part of a process's environment that git may have, for `GitCacheOptions.environment`. */
export function passedEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = [...PASSED, ...PROXIES].map((name) => [name, environment[name]] as const)
  return Object.fromEntries(entries.filter((entry): entry is [(typeof PASSED)[number], string] => entry[1] !== undefined))
}

/**
 * The environment a git process gets: nothing of the machine's configuration, no prompts, no protocol but http, https and ssh,
 * and the credentials, which so stand neither in argv nor in a URL.
 * @param base what of the process's own environment is passed on (`PATH`, proxy and certificate variables)
 */
export function gitEnvironment(base: Readonly<Record<string, string>>, remote?: Remote): Record<string, string> {
  const settings = remote === undefined ? SETTINGS : [...SETTINGS, ...remoteSettings(remote)]
  const environment: Record<string, string> = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    ...base,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'false',
    SSH_ASKPASS: 'false',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ALLOW_PROTOCOL: 'http:https:ssh',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ClearAllForwardings=yes',
    GIT_CONFIG_COUNT: String(settings.length),
  }
  for (const [index, [key, value]] of settings.entries()) {
    environment[`GIT_CONFIG_KEY_${index}`] = key
    environment[`GIT_CONFIG_VALUE_${index}`] = value
  }
  return environment
}

function remoteSettings(remote: Remote): (readonly [string, string])[] {
  const settings: (readonly [string, string])[] = [['http.sslVerify', String(remote.verifySsl)]]
  if (remote.token === undefined || !/^https?:/.test(remote.url)) return settings
  const basic = Buffer.from(`x-access-token:${remote.token}`).toString('base64')
  return [...settings, [`http.${new URL(remote.url).origin}/.extraHeader`, `Authorization: Basic ${basic}`]]
}
