import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { VarTrackError } from '@vartrack/errors'
import type Koa from 'koa'
import { answerBrokenRequest } from './broken-request.js'

/** Where a door opens, and how long a client may take. */
export interface ListenOptions {
  /** Default: every address of the machine. */
  readonly host?: string
  /** 0: a free one. */
  readonly port: number
  /** Headers must be here within so many ms. Default 10 s. */
  readonly headersTimeoutMs?: number
  /** The whole request must be here within so many ms; a door's own limit for bodies is shorter. Default 30 s. */
  readonly requestTimeoutMs?: number
}

/** A door that is open. */
export interface Listening extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Takes no new connections, lets the requests under way end, and closes idle connections. */
  close(): Promise<void>
}

/** Connections at once; more are refused by the system. */
const MAX_CONNECTIONS = 10_000

/** Opens a door. @throws VarTrackError `door.not_opened` when the address is taken, not allowed, or not this machine's */
export async function listen(app: Koa, options: ListenOptions): Promise<Listening> {
  const { headersTimeoutMs = 10_000, requestTimeoutMs = 30_000 } = options
  const timeouts = {
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(1000, headersTimeoutMs),
  }
  const handle = app.callback()
  const server = createServer(
    { ...timeouts, maxHeaderSize: 16 * 1024, keepAliveTimeout: 30_000 },
    (request, response) => void handle(request, response),
  )
  server.maxConnections = MAX_CONNECTIONS
  server.on('clientError', answerBrokenRequest)
  await new Promise<void>((resolve, reject) => {
    server
      .once('error', (error) => reject(notOpened(error, options)))
      .listen({ port: options.port, ...(options.host === undefined ? {} : { host: options.host }) }, () => resolve())
  })
  const { port } = server.address() as AddressInfo
  const close = () => closeServer(server)
  return { url: `http://${urlHost(options.host ?? 'localhost')}:${port}`, port, close, [Symbol.asyncDispose]: close }
}

function notOpened(cause: Error, { host, port }: ListenOptions): VarTrackError {
  return new VarTrackError({
    code: 'door.not_opened',
    message: `Nothing can listen on ${urlHost(host ?? 'localhost')}:${port}: ${cause.message}.`,
    remedy: 'End the process that has this port, or set PORT to a free one.',
    cause,
  })
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}
