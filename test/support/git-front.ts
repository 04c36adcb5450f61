import { createServer, type IncomingMessage, type RequestListener, request as requestOf, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'

/** How varTrack names itself to Git hosts; git says its version. */
const VARTRACK = 'git/varTrack'

/** What a Git client asks for. */
export type Asked = 'capabilities' | 'refs' | 'pack'

/** Answers a request that varTrack sent itself. `honest` is what the host would have answered; returning 'pass' lets it. */
export type FrontFault = (asked: Asked, response: ServerResponse, honest: () => Promise<Buffer>) => unknown

/** Stands before a Git host and lies to varTrack's own requests, while those of git pass: so a test sees which way a fetch went, and that git mends it. */
export interface GitFront extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, or https. */
  readonly url: string
  fault: FrontFault | undefined
  /** What varTrack asked for itself, in order. */
  readonly asked: Asked[]
  /** Connections that were ever made. */
  readonly connections: { count: number }
  /** Closes connections that carry no request. */
  dropIdle(): void
}

/** @param secure key and certificate in PEM, for https */
export async function startGitFront(hostUrl: string, secure?: { readonly key: string; readonly cert: string }): Promise<GitFront> {
  const listener: RequestListener = (request, response) => {
    serve(front, hostUrl, request, response).catch(() => response.destroy())
  }
  const server = secure === undefined ? createServer(listener) : createSecureServer(secure, listener)
  // Node closes connections that rest for 5 s: here that is for a test to say.
  server.keepAliveTimeout = 0
  const connections = { count: 0 }
  server.on(secure === undefined ? 'connection' : 'secureConnection', () => (connections.count += 1))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const front: GitFront = {
    url: `${secure === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: undefined,
    asked: [],
    connections,
    dropIdle: () => server.closeIdleConnections(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return front
}

async function serve(front: GitFront, hostUrl: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = Buffer.concat(await request.toArray())
  if (request.headers['user-agent'] === VARTRACK) {
    const asked = request.method === 'GET' ? 'capabilities' : body.includes('command=ls-refs') ? 'refs' : 'pack'
    front.asked.push(asked)
    const honest = async () => Buffer.concat(await (await forward(hostUrl, request, body)).toArray())
    response.setHeader('content-type', `application/x-git-upload-pack-${asked === 'capabilities' ? 'advertisement' : 'result'}`)
    if (front.fault !== undefined && (await front.fault(asked, response, honest)) !== 'pass') return
  }
  const answer = await forward(hostUrl, request, body)
  response.writeHead(answer.statusCode ?? 500, answer.headers)
  await pipeline(answer, response)
}

function forward(hostUrl: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  const { 'transfer-encoding': _chunked, ...others } = headers
  const options = { method, headers: { ...others, 'content-length': body.length } }
  return new Promise((resolve, reject) => {
    requestOf(new URL(url ?? '/', hostUrl), options, resolve)
      .on('error', reject)
      .end(body)
  })
}
