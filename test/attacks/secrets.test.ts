import { writeFile } from 'node:fs/promises'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFerretdb } from '../servers/ferretdb.js'
import { startRedis } from '../servers/redis.js'
import type { RunningServer } from '../servers/running-server.js'
import { askApi, changeSets } from '../support/admin-api.js'
import { createCanaries, textOfFiles, watchCommandLines } from '../support/canary.js'
import { eventually } from '../support/eventually.js'
import { type GitHost, type HostedRepository, pushPayload, startGitHost } from '../support/git-host.js'
import { signedPush } from '../support/ingress-door.js'
import { type RunningVarTrack, startVarTrack } from '../support/vartrack.js'

const canaries = createCanaries({
  'webhook secret': 'hook/canary+4711 ü"x&y=z',
  'token of the Git host': 'git/canary+4712:"x&y=z',
  'password of varTracks Redis': 'own-redis-canary-4713',
  'password of a datasource': 'redis/canary+4714 "x&y=z',
  'password of MongoDB': 'mongo-canary-4715-xyz',
  'password of ZooKeeper': 'zookeeper-canary-4716-xyz',
})
const { values } = canaries
const secret = (name: string): string => values[name] ?? ''

const EXPECTED = ['webhook.signature_wrong', 'sink.auth', 'sink.unreachable', 'job.payload', 'job.unknown', 'bundle.unknown_platform']
const DATASOURCES = ['redis-locked', 'redis-away', 'mongo-locked', 'mongo-away', 'zookeeper-away']

interface Stage {
  readonly host: GitHost
  readonly repository: HostedRepository
  readonly own: RunningServer
  readonly locked: RunningServer
  readonly mongo: RunningServer
  readonly varTrack: RunningVarTrack
}
let stage: Stage

beforeAll(async () => {
  const [own, locked, mongo, host] = await Promise.all([
    startRedis({ args: ['--requirepass', secret('password of varTracks Redis'), '--appendfsync', 'always'] }),
    startRedis({ args: ['--requirepass', 'another'] }),
    startFerretdb(),
    startGitHost({ password: secret('token of the Git host') }),
  ])
  const repository = await host.createRepository('acme/redis-locked')
  const bundle = bundleOf(host, locked, mongo)
  const env = { HOOK_SECRET: secret('webhook secret'), GIT_TOKEN: secret('token of the Git host'), LOG_LEVEL: 'trace' }
  const redisUrl = own.url.replace('redis://', `redis://:${secret('password of varTracks Redis')}@`)
  const varTrack = await startVarTrack({ bundle, redisUrl, env })
  host.webhook = { url: `${varTrack.url}/webhooks`, secret: secret('webhook secret') }
  stage = { host, repository, own, locked, mongo, varTrack }
}, 120_000)
afterAll(async () => {
  await stage?.varTrack.stop()
  await stage?.host.close()
  await Promise.all([stage?.own, stage?.locked, stage?.mongo].map((server) => server?.stop()))
})

function bundleOf(host: GitHost, locked: RunningServer, mongo: RunningServer): string {
  const text = JSON.stringify
  return `bundle: {
  platforms: [{github: {endpoint: "${host.url}", secret: {env: "HOOK_SECRET"}, token: {env: "GIT_TOKEN"}}}]
  datasources: [
    {redis: {tag: "locked", host: "127.0.0.1", port: ${locked.port}, password: ${text(secret('password of a datasource'))}, connect_timeout: "1s"}},
    {redis: {tag: "away", host: "127.0.0.1", port: 1, password: ${text(secret('password of a datasource'))}, connect_timeout: "1s"}},
    {mongo: {tag: "locked", endpoint: "mongodb://someone:${secret('password of MongoDB')}@127.0.0.1:${mongo.port}/?serverSelectionTimeoutMS=1000", database: "vartrack"}},
    {mongo: {tag: "away", endpoint: "mongodb://someone:${secret('password of MongoDB')}@127.0.0.1:1/?serverSelectionTimeoutMS=1000", database: "vartrack"}},
    {zookeeper: {tag: "away", hosts: ["127.0.0.1:1"], auth_username: "someone", auth_password: ${text(secret('password of ZooKeeper'))}, connect_timeout: "1s"}},
  ]
  _common: {platform: "github", file_name: "configs/app.yaml", branch_map: {main: "production"}, self_heal: true, poll_interval: "1s"}
  rules: [
    {_common, repositories: ["acme/redis-locked"], datasource: "redis-locked", destination_template: "{env}:a"},
    {_common, repositories: ["acme/redis-away"], datasource: "redis-away", destination_template: "{env}:a"},
    {_common, repositories: ["acme/mongo-locked"], datasource: "mongo-locked", destination_template: "{env}-a"},
    {_common, repositories: ["acme/mongo-away"], datasource: "mongo-away", destination_template: "{env}-a"},
    {_common, repositories: ["acme/zookeeper-away"], datasource: "zookeeper-away", destination_template: "/{env}/a"},
  ]
}
`
}

/** Everything that goes wrong around a secret. */
async function misbehave({ host, repository, own, varTrack }: Stage): Promise<void> {
  const payload = pushPayload({ url: host.url, repo: 'acme/redis-locked', ref: 'refs/heads/main', before: undefined, after: 'b'.repeat(40) })
  for (const key of ['wrong', ...Object.values(values)])
    await fetch(`${varTrack.url}/webhooks`, signedPush({ ...payload, ref: 'refs/heads/x' }, {}, key))
  for (const value of Object.values(values))
    await fetch(`${varTrack.url}/api/v1/bundle?token=${encodeURIComponent(value)}`, {
      headers: { authorization: `Bearer ${encodeURIComponent(value)}` },
    })
  await repository.commitFiles('main', { 'configs/app.yaml': 'a: [1\n' })
  await repository.commitFiles('main', { 'configs/app.yaml': 'a: 1\n' })
  for (const fault of [
    { kind: 'status', status: 401 },
    { kind: 'status', status: 500 },
    { kind: 'redirect', to: 'http://127.0.0.1:1/' },
  ] as const) {
    host.fault = fault
    const before = host.requests.count
    const plan = {
      name: 'plan',
      data: { cause: 'sync', platform: 'github', repo: 'acme/redis-locked', ref: 'refs/heads/main', dryRun: false, full: true },
    }
    await askApi(varTrack, '/jobs', plan)
    await eventually(() => host.requests.count > before)
  }
  host.fault = undefined
  for (const name of DATASOURCES) await (await host.createRepository(`acme/${name}`)).commitFiles('main', { 'configs/app.yaml': 'a: 2\n' })
  const connection = new Redis(own.url, { password: secret('password of varTracks Redis'), maxRetriesPerRequest: null })
  const queue = new Queue('plan', { connection, prefix: '{vartrack}' })
  await queue.add('plan', { version: 7 })
  await queue.add('exec', {})
  await queue.close()
  connection.disconnect()
  await writeFile(
    varTrack.configPath,
    bundleOf(host, stage.locked, stage.mongo).replace('"1s"', '1').replace('platform: "github"', 'platform: "githb"'),
  )
  varTrack.process.kill('SIGHUP')
}

async function answersOf(varTrack: RunningVarTrack): Promise<string> {
  const token = String(varTrack.log().find((line) => typeof line.admin_access === 'string')?.admin_access)
  const queues = ['plan', 'settle', 'heal', 'poll', 'sweep', 'quarantine', 'write-redis', 'write-mongo', 'write-zookeeper']
  const paths = [
    ...['bundle', 'change-sets', ...['redis-locked', 'mongo-locked', 'zookeeper-away'].map((name) => `destinations?datasource=${name}`)].map(
      (path) => `/api/v1/${path}`,
    ),
    ...queues.map((name) => `/admin/queues/api/queues?activeQueue=${name}&page=1&jobsPerPage=100`),
  ]
  const reload = await fetch(`${varTrack.url}/api/v1/reload`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
  const pages = await Promise.all(
    paths.map(async (path) => (await fetch(`${varTrack.url}${path}`, { headers: { authorization: `Bearer ${token}` } })).text()),
  )
  return [await reload.text(), ...pages, JSON.stringify(await changeSets(varTrack)), await (await fetch(`${varTrack.adminUrl}/metrics`)).text()].join(
    '\n',
  )
}

describe('after a run in which everything goes wrong', () => {
  let commandLines: string

  beforeAll(async () => {
    const watch = watchCommandLines()
    const { varTrack } = stage
    await misbehave(stage)
    const told = (name: string) => new RegExp(`datasource ${name}: [^"]* \\[sink\\.`).test(varTrack.process.output())
    await eventually(() => DATASOURCES.every(told), { timeoutMs: 30_000, everyMs: 100 })
    await eventually(() => EXPECTED.every((code) => varTrack.process.output().includes(code)), { timeoutMs: 30_000, everyMs: 100 })
    commandLines = await watch.stop()
  }, 120_000)

  it('has seen the errors it is about', () => {
    const output = stage.varTrack.process.output()
    for (const code of EXPECTED) expect(output).toContain(code)
  })
  it('no log line holds a secret', () => expect(canaries.foundIn(stage.varTrack.process.output())).toEqual([]))
  it('no answer of API, board and metrics does', async () => expect(canaries.foundIn(await answersOf(stage.varTrack))).toEqual([]))
  it('no key that ever was in Redis does', async () => expect(canaries.foundIn(await textOfFiles(stage.own.directory))).toEqual([]))
  it('no file does that varTrack wrote', async () => expect(canaries.foundIn(await textOfFiles(stage.varTrack.dataDir, ['config.cue']))).toEqual([]))
  it('no command line does', () => {
    expect(commandLines).toContain('git\u0000')
    const others = commandLines.split('\n').filter((line) => !line.includes('--requirepass'))
    expect(canaries.foundIn(others.join('\n'))).toEqual([])
  })
  it('finds a secret where there is one', () => {
    const [[name, value]] = Object.entries(values) as [[string, string]]
    for (const text of [`x${value}y`, Buffer.from(`ab:${value}`).toString('base64'), encodeURIComponent(value), JSON.stringify({ value })]) {
      expect(canaries.foundIn(text).join()).toContain(name)
    }
  })
})
