import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { startFerretdb } from '../servers/ferretdb.js'
import { startRedis } from '../servers/redis.js'
import type { RunningServer } from '../servers/running-server.js'
import { startZookeeper } from '../servers/zookeeper.js'
import { eventually } from './eventually.js'
import { deliverPush, type GitHost, type HostedRepository, startGitHost } from './git-host.js'
import { openStoreViews, type StoreName, type StoreView } from './store-views.js'
import { type RunningVarTrack, type StartOptions, startVarTrack } from './vartrack.js'

/** varTrack between a Git host and three stores, all real. */
export interface Chain extends AsyncDisposable {
  readonly host: GitHost
  readonly repository: HostedRepository
  readonly varTrack: RunningVarTrack
  readonly redis: RunningServer
  readonly servers: Readonly<Record<StoreName, RunningServer>>
  readonly stores: Readonly<Record<StoreName, StoreView>>
  /** Sends the webhook of a ref, for a commit that was made without one. Default: as the ref stands now. */
  announce(ref: string, commit?: string): Promise<void>
  /** FLUSHALL on varTrack's own Redis; the destination in it stays, as it would on a server of its own. */
  emptyRedis(): Promise<void>
  /** Waits until every store holds exactly these entries, as text. Default: {@link ARRIVAL_MS}. */
  eventuallyEverywhere(expected: Readonly<Record<string, string>>, timeoutMs?: number): Promise<void>
}

/** What differs from chain to chain. */
export interface ChainOptions {
  /** Names the destinations and the repository. */
  readonly name: string
  readonly pollInterval?: string
  /** Further fields of the rule, as CUE. */
  readonly rule?: string
  /** Further fields of the bundle, as CUE. */
  readonly fields?: string
  /** Default: standalone. */
  readonly start?: (options: StartOptions) => Promise<RunningVarTrack>
  /** Text of config.cue, instead of the usual one. */
  readonly bundle?: (wiring: Wiring) => string
  /** Ports for those who want them fixed. */
  readonly ports?: ChainPorts
}

export interface ChainPorts extends Partial<Record<StoreName, number>> {
  readonly git?: number
}

/** What a bundle has to name. */
export interface Wiring {
  readonly gitUrl: string
  readonly servers: Chain['servers']
}

/**
 * A push may meet a worker that died or a Redis that forgot it: its plan is run again when the lock of the job (10 s) is over and looked for (every 3 s), and so
 * is a write of it; both are tried again with pauses when something was away. In ms.
 */
export const ARRIVAL_MS = 60_000

/** The rule's datasources; each is named by its type. */
export const STORES = ['redis', 'mongo', 'zookeeper'] as const

/** Starts servers, Git host and varTrack, wired to one another. */
export async function startChain(options: ChainOptions): Promise<Chain> {
  const secret = randomBytes(16).toString('hex')
  const { ports = {} } = options
  const [redis, mongo, zookeeper] = await Promise.all([
    startRedis(at(ports.redis)),
    startFerretdb(at(ports.mongo)),
    startZookeeper(at(ports.zookeeper)),
  ])
  const servers = { redis, mongo, zookeeper }
  const host = await startGitHost(at(ports.git))
  const repository = await host.createRepository(`acme/${options.name}`)
  const bundle = options.bundle?.({ gitUrl: host.url, servers }) ?? bundleText(options, { gitUrl: host.url, servers })
  const varTrack = await (options.start ?? startVarTrack)({ bundle, redisUrl: redis.url, env: { HOOK_SECRET: secret } })
  host.webhook = { url: `${varTrack.url}/webhooks`, secret }
  const stores = await openStoreViews(options.name, servers)
  return {
    host,
    repository,
    varTrack,
    redis,
    servers,
    stores,
    announce: (ref, commit) => announce(host, repository, ref, commit),
    emptyRedis: () => emptyRedis(redis.url),
    eventuallyEverywhere: (expected, timeoutMs = ARRIVAL_MS) => everywhere(stores, expected, timeoutMs),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(Object.values(stores).map((store) => store.close()))
      await varTrack.stop()
      await host.close()
      await Promise.all(Object.values(servers).map((server) => server.stop()))
    },
  }
}

function at(port: number | undefined): { port?: number } {
  return port === undefined ? {} : { port }
}

async function announce(host: GitHost, repository: HostedRepository, ref: string, commit?: string): Promise<void> {
  if (host.webhook === undefined) throw new Error('The Git host tells nobody')
  const push = { url: host.url, repo: repository.name, ref, before: undefined, after: commit ?? (await repository.head(ref)) }
  host.deliveries.push(await deliverPush(host.webhook, push))
}

async function emptyRedis(url: string): Promise<void> {
  const redis = new Redis(url)
  await redis.flushdb()
  redis.disconnect()
}

async function everywhere(stores: Chain['stores'], expected: Readonly<Record<string, string>>, timeoutMs: number): Promise<void> {
  await Promise.all(STORES.map((name) => eventually(() => holdsExactly(stores, name, expected), { timeoutMs })))
}

/** @throws Error with what the store holds, when that is anything else than these entries */
export async function holdsExactly(stores: Chain['stores'], name: StoreName, expected: Readonly<Record<string, string>>): Promise<true> {
  const found = inOrder(await stores[name].entries())
  if (found !== inOrder(expected)) throw new Error(`${name} holds ${found}`)
  return true
}

function inOrder(entries: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(entries).toSorted(([first], [second]) => (first < second ? -1 : 1)))
}

function bundleText(options: ChainOptions, { gitUrl, servers }: Wiring): string {
  return `bundle: {
  platforms: [{github: {endpoint: "${gitUrl}", secret: {env: "HOOK_SECRET"}}}]
  datasources: [
    {redis: {host: "127.0.0.1", port: ${servers.redis.port}, db: 1}},
    {mongo: {endpoint: "${servers.mongo.url}", database: "vartrack"}},
    {zookeeper: {hosts: ["${servers.zookeeper.url}"]}},
  ]
  _common: {
    platform:     "github"
    repositories: ["acme/*"]
    file_name:    "configs/app.yaml"
    branch_map: {main: "production"}
    prune:         true
    self_heal:     true
    poll_interval: "${options.pollInterval ?? '60s'}"
    ${options.rule ?? ''}
  }
  rules: [
    {_common, name: "cache", datasource: "redis", destination_template: "{env}:${options.name}"},
    {_common, name: "documents", datasource: "mongo", destination_template: "{env}-${options.name}"},
    {_common, name: "ensemble", datasource: "zookeeper", destination_template: "/{env}/${options.name}"},
  ]
  ${options.fields ?? ''}
}
`
}
