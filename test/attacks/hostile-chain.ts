import { Redis } from 'ioredis'
import { MongoClient } from 'mongodb'
import zookeeper, { type Client } from 'node-zookeeper-client'
import { expect } from 'vitest'
import { changeSet, type ToldChangeSet } from '../support/admin-api.js'
import { ARRIVAL_MS, type Chain, startChain } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import type { HostedRepository } from '../support/git-host.js'

/** A chain whose every repository has places of its own in each store, for one bad push after the other. */
export interface HostileChain extends AsyncDisposable {
  readonly chain: Chain
  readonly redis: Redis
  newRepository(): Promise<HostedRepository>
  /** Everything in any of the stores that has the repository's name. */
  placesOf(repository: HostedRepository): Promise<string[]>
  /** The refusal of its newest push, as `<code> <file>:<line>:<column>`. Code, remedy and the absence of a stack are checked here. */
  refusalOf(repository: HostedRepository): Promise<string>
  /** Pushes a sound file, and waits until every store holds what it says: a refusal before it cost nothing. */
  arrives(repository: HostedRepository): Promise<void>
}

/** @param fields further fields of the bundle, as CUE */
export async function startHostileChain(name: string, fields = ''): Promise<HostileChain> {
  const chain = await startChain({
    name,
    bundle: ({ gitUrl, servers }) => `bundle: {
      platforms: [{github: {endpoint: "${gitUrl}", secret: {env: "HOOK_SECRET"}}}]
      datasources: [
        {redis: {host: "127.0.0.1", port: ${servers.redis.port}, db: 1}},
        {mongo: {endpoint: "${servers.mongo.url}", database: "vartrack"}},
        {zookeeper: {hosts: ["${servers.zookeeper.url}"]}},
      ]
      _common: {platform: "github", repositories: ["acme/*"], file_name: "configs/app.*", branch_map: {main: "production"}, env_as_branch: true}
      rules: [
        {_common, datasource: "redis", destination_template: "{env}:{repo}"},
        {_common, datasource: "mongo", destination_template: "{env}-{repo}"},
        {_common, datasource: "zookeeper", destination_template: "/{env}/{repo}"},
      ]
      ${fields}
    }`,
  })
  const redis = new Redis(chain.servers.redis.port, { db: 1 })
  const mongo = await new MongoClient(chain.servers.mongo.url).connect()
  const nodes = await connected(chain.servers.zookeeper.url)
  let count = 0
  const placesOf = async ({ name: whole }: HostedRepository) => {
    const collections = (await mongo.db('vartrack').listCollections().toArray()).map((collection) => `mongo ${collection.name}`)
    const keys = (await redis.keys('*')).map((key) => `redis ${key}`)
    const paths = (await below(nodes, '/')).map((path) => `zookeeper ${path}`)
    return [...keys, ...collections, ...paths].filter((place) => place.includes(shortName(whole)))
  }
  return {
    chain,
    redis,
    newRepository: () => chain.host.createRepository(`acme/hostile-${++count}-`),
    placesOf,
    refusalOf: async (repository) => {
      const { error } = await changeSet(chain.varTrack, (each) => each.repo === repository.name && each.state === 'refused')
      return told(error)
    },
    async arrives(repository) {
      const value = `sound ${repository.name}`
      await repository.commitFiles('main', { 'configs/app.yaml': `a: ${value}\n` }, value, { parent: null })
      await eventually(async () => (await redis.hget(`production:${shortName(repository.name)}`, 'a')) === value, { timeoutMs: ARRIVAL_MS })
      await eventually(async () => new Set((await placesOf(repository)).map((place) => place.split(' ')[0])).size === 3, { timeoutMs: ARRIVAL_MS })
    },
    async [Symbol.asyncDispose]() {
      redis.disconnect()
      nodes.close()
      await mongo.close()
      await chain[Symbol.asyncDispose]()
    },
  }
}

/** Name of a repository without its owner. */
export function shortName(repository: string): string {
  return repository.slice(repository.indexOf('/') + 1)
}

function told(error: ToldChangeSet['error']): string {
  expect(error?.message).toMatch(/\w/)
  expect(error?.message).not.toMatch(/\n\s+at |node_modules/)
  const [first] = error?.others ?? []
  expect(error?.remedy ?? first?.remedy).toMatch(/\w/)
  const { file, line, column } = error?.file === undefined && first ? first : (error ?? {})
  return [error?.code, [file, line, column].filter((part) => part !== undefined).join(':')].filter(Boolean).join(' ')
}

async function connected(hosts: string): Promise<Client> {
  const client = zookeeper.createClient(hosts)
  await new Promise<void>((resolve) => {
    client.once('connected', resolve)
    client.connect()
  })
  return client
}

async function below(client: Client, path: string): Promise<string[]> {
  const names = await new Promise<string[]>((resolve, reject) => {
    client.getChildren(path, (error, found) => (error ? reject(error) : resolve(found)))
  })
  const paths = names.map((name) => `${path === '/' ? '' : path}/${name}`)
  return [...paths, ...(await Promise.all(paths.map((each) => below(client, each)))).flat()]
}
