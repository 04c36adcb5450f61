import { type Chain, type ChainOptions, STORES, startChain, type Wiring } from './chain.js'
import type { StoreName } from './store-views.js'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js'
import { startVarTrack } from './vartrack.js'

/** The network between varTrack and each store. */
export type StoreNetwork = Readonly<Record<StoreName, TcpProxy>>

/** A chain whose stores varTrack reaches over a network that can be broken. The chain's own views go past it. */
export interface FaultChain extends Chain {
  readonly network: StoreNetwork
}

/** What differs from chain to chain. */
export interface FaultChainOptions extends Omit<ChainOptions, 'bundle' | 'ports'> {
  /** Further fields of the platform, as CUE. */
  readonly platform?: string
  /** Further fields of a datasource, as CUE. */
  readonly datasource?: Partial<Readonly<Record<StoreName, string>>>
  /** Further rules, as CUE; `_common` is what all of them share. */
  readonly rules?: string
  /** Redis of varTrack itself. Default: the one that is a destination too, in another database. */
  readonly redisUrl?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Starts a {@link FaultChain}. */
export async function startFaultChain(options: FaultChainOptions): Promise<FaultChain> {
  const parts: { wiring?: Wiring; network?: StoreNetwork } = {}
  const chain = await startChain({
    ...options,
    bundle: (wiring) => {
      parts.wiring = wiring
      return ''
    },
    start: async (start) => {
      const { servers, gitUrl } = parts.wiring as Wiring
      const network = await openNetwork(servers)
      parts.network = network
      const bundle = bundleText(options, gitUrl, network)
      return (options.start ?? startVarTrack)({
        ...start,
        redisUrl: options.redisUrl ?? servers.redis.url,
        bundle,
        env: { ...start.env, ...options.env },
      })
    },
  })
  const network = parts.network as StoreNetwork
  return {
    ...chain,
    network,
    [Symbol.asyncDispose]: async () => {
      await chain[Symbol.asyncDispose]()
      await Promise.all(STORES.map((name) => network[name].close()))
    },
  }
}

async function openNetwork(servers: Chain['servers']): Promise<StoreNetwork> {
  const [redis, mongo, zookeeper] = await Promise.all([
    startTcpProxy(servers.redis.port),
    startTcpProxy(servers.mongo.port),
    startTcpProxy(servers.zookeeper.port),
  ])
  return { redis, mongo, zookeeper }
}

function bundleText(
  { name, rule = '', rules = '', platform = '', datasource = {}, pollInterval = '60s' }: FaultChainOptions,
  gitUrl: string,
  network: StoreNetwork,
): string {
  const { redis = '', mongo = '', zookeeper = '' } = datasource
  return `bundle: {
  platforms: [{github: {endpoint: "${gitUrl}", secret: {env: "HOOK_SECRET"}, ${platform}}}]
  datasources: [
    {redis: {host: "127.0.0.1", port: ${network.redis.port}, db: 1, ${redis}}},
    {mongo: {endpoint: "mongodb://127.0.0.1:${network.mongo.port}/?directConnection=true", database: "vartrack", ${mongo}}},
    {zookeeper: {hosts: ["127.0.0.1:${network.zookeeper.port}"], ${zookeeper}}},
  ]
  _common: {
    platform:     "github"
    repositories: ["acme/*"]
    file_name:    string | *"configs/app.yaml"
    prune:         _ | *true
    self_heal:     bool | *true
    poll_interval: "${pollInterval}"
    ${rule}
  }
  _app: {branch_map: {main: "production"}}
  rules: [
    {_common, _app, name: "cache", datasource: "redis", destination_template: "{env}:${name}"},
    {_common, _app, name: "documents", datasource: "mongo", destination_template: "{env}-${name}"},
    {_common, _app, name: "ensemble", datasource: "zookeeper", destination_template: "/{env}/${name}"},
    ${rules}
  ]
}
`
}
