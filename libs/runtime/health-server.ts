import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { describeError, VarTrackError } from '@vartrack/errors'
import type { Registry } from 'prom-client'

/** Says what is wrong, or `undefined`. A throw counts as wrong, too. */
export type HealthCheck = () => Promise<string | undefined>

/** Where it listens, and what it asks. */
export interface HealthServerOptions {
  readonly host: string
  /** With 0 the system chooses one; {@link HealthServer.port} says which. */
  readonly port: number
  /** Does the process work? When not, it should be restarted. That it answers at all proves its event loop. */
  readonly alive: Readonly<Record<string, HealthCheck>>
  /** Can the process take work now? */
  readonly ready: Readonly<Record<string, HealthCheck>>
  readonly registry: Registry
}

/** A server that is open. */
export interface HealthServer {
  readonly port: number
  close(): Promise<void>
}

/** A check that takes longer than this has failed, in ms. */
const CHECK_TIMEOUT_MS = 3_000

/**
 * Serves `/health/liveness`, `/health/readiness` and `/metrics`.
 * @throws VarTrackError `port.in_use`
 */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    answer(options, request.method ?? '', request.url ?? '', response).catch((error: unknown) => send(response, 500, { error: describeError(error) }))
  })
  await listen(server, options)
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function listen(server: Server, { host, port }: HealthServerOptions): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening').catch((cause: Error) => {
    throw new VarTrackError({
      code: 'port.in_use',
      message: `Cannot listen on ${host}:${port}: ${cause.message}.`,
      remedy: 'End what listens there, or set ADMIN_ADDR.',
      cause,
    })
  })
}

async function answer(options: HealthServerOptions, method: string, url: string, response: ServerResponse): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') return send(response, 405, { error: 'only GET' })
  if (url === '/health/liveness') return report(options.alive, response)
  if (url === '/health/readiness') return report(options.ready, response)
  if (url !== '/metrics') return send(response, 404, { error: 'not found' })
  response.writeHead(200, { 'content-type': options.registry.contentType })
  response.end(await options.registry.metrics())
}

async function report(checks: Readonly<Record<string, HealthCheck>>, response: ServerResponse): Promise<void> {
  const results = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await outcome(check)] as const))
  const failed = results.filter(([, problem]) => problem !== undefined)
  send(response, failed.length === 0 ? 200 : 503, { status: failed.length === 0 ? 'ok' : 'failed', failed: Object.fromEntries(failed) })
}

async function outcome(check: HealthCheck): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('no answer in time'), CHECK_TIMEOUT_MS)
  })
  try {
    return await Promise.race([check(), late])
  } catch (error) {
    return describeError(error)
  } finally {
    clearTimeout(timer)
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  if (!response.headersSent) response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
