import { createHmac, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Redis } from 'ioredis'
import { startRedis } from '../servers/redis.js'
import { pushPayload } from '../support/git-host-webhook.js'
import { spawnNode } from '../support/processes.js'
import { repositoryRoot } from '../support/repository-root.js'
import { startVarTrack } from '../support/vartrack.js'
import { ms, percentile, printTable } from './row.js'
import { type LoadReport, type LoadRequest, steadyLoad } from './webhooks/steady-load.js'

/**
 * Webhooks at a steady rate against an ingress in a process of its own, and against the least a door can do. Each is of another repository, so that no plan
 * absorbs another and every acceptance has its job. The sender shares the machine with all of them.
 */
const PER_SECOND = Number(process.env['BENCH_WEBHOOKS_PER_SECOND'] ?? 500)
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 60)
const COUNT = PER_SECOND * SECONDS
const WARM_UP = 500
const SECRET = 'a secret for the benchmark'
const URL_OF_HOST = 'http://127.0.0.1:1'

await using redis = await startRedis()
const keys = new Redis(redis.url)
const bundle = `bundle: {
  platforms: [{github: {endpoint: "${URL_OF_HOST}", secret: {env: "HOOK_SECRET"}}}]
  datasources: [{redis: {host: "127.0.0.1", port: ${redis.port}, db: 1}}]
  rules: [{platform: "github", datasource: "redis", repositories: ["acme/*"], file_name: "app.yaml", branch_map: {main: "production"}, destination_template: "{env}:{repo}"}]
}
`
const env = { HOOK_SECRET: SECRET }
const ingress = await startVarTrack({ app: 'ingress', bundle, redisUrl: redis.url, env })
await steadyLoad(`${ingress.url}/webhooks`, 100, WARM_UP, (index) => delivery(index, 'warm'))
const report = await measured(`${ingress.url}/webhooks`, ingress.process.pid)
const jobs = (await keys.zcard('{vartrack}:plan:prioritized')) + (await keys.llen('{vartrack}:plan:wait')) - WARM_UP
await ingress.stop()
const raw = await measureRaw()
keys.disconnect()

const [p99, rawP99] = [percentile(report.times, 0.99), percentile(raw.times, 0.99)]
const accepted = report.statuses.get(202) ?? 0
const lost = accepted - jobs
printTable([
  row('p50', percentile(report.times, 0.5), percentile(raw.times, 0.5), '-', true),
  row('p99', p99, rawP99, '<= 100 ms', p99 <= 100),
  {
    name: 'CPU of the door for each webhook',
    measured: `${report.cpu.toFixed(2)} ms`,
    raw: `${raw.cpu.toFixed(2)} ms (Koa, LPUSH)`,
    ratio: (report.cpu / raw.cpu).toFixed(1),
    target: '-',
    met: true,
  },
  {
    name: `webhooks answered 202 of ${COUNT}`,
    measured: String(accepted),
    raw: String(raw.statuses.get(202) ?? 0),
    ratio: '-',
    target: String(COUNT),
    met: accepted === COUNT,
  },
  { name: 'accepted without a job of their own in Redis', measured: String(lost), raw: '-', ratio: '-', target: '0', met: lost === 0 },
])

function row(what: string, measured: number, counterpart: number, target: string, met: boolean) {
  const name = `webhook answer at ${PER_SECOND}/s for ${SECONDS} s, ${what}`
  return { name, measured: ms(measured), raw: `${ms(counterpart)} (Koa, LPUSH)`, ratio: (measured / counterpart).toFixed(1), target, met }
}

interface Measured extends LoadReport {
  /** Of the door's process for each webhook, in ms. Unlike the times it does not depend on what else the machine does. */
  readonly cpu: number
}

async function measured(url: string, pid: number): Promise<Measured> {
  const before = cpuMs(pid)
  const report = await steadyLoad(url, PER_SECOND, COUNT, (index) => delivery(index, 'app'))
  return { ...report, cpu: (cpuMs(pid) - before) / COUNT }
}

/** User and system time of a process so far: fields 14 and 15 of proc(5)'s stat, in ticks of 10 ms. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

async function measureRaw(): Promise<Measured> {
  await using door = spawnNode(`${repositoryRoot()}/test/dist/bench/webhooks/raw-door.js`, {}, [redis.url])
  const [, port] = await door.waitFor(/port (\d+)/)
  const url = `http://127.0.0.1:${port}/`
  await steadyLoad(url, 100, WARM_UP, (index) => delivery(index, 'warm'))
  return await measured(url, door.pid)
}

function delivery(index: number, name: string): LoadRequest {
  const push = { url: URL_OF_HOST, repo: `acme/${name}-${index}`, ref: 'refs/heads/main', before: undefined, after: 'a'.repeat(40) }
  const body = Buffer.from(JSON.stringify(pushPayload(push)))
  const signature = createHmac('sha256', SECRET).update(body).digest('hex')
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${signature}`,
    },
  }
}
