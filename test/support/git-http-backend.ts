import { spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'

/**
 * Answers one request with `git http-backend` (CGI, RFC 3875).
 * @param dir holds the bare repositories
 * @param cutAfter cuts the connection after so many bytes of the body
 */
export async function serveHttpBackend(dir: string, request: IncomingMessage, response: ServerResponse, cutAfter?: number): Promise<void> {
  const child = spawn('git', ['http-backend'], { env: cgiEnvironment(dir, request), stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.on('error', () => child.stdin.destroy())
  request.pipe(child.stdin)
  response.on('close', () => child.kill())
  try {
    const body = await readCgiHead(child.stdout, response)
    if (cutAfter === undefined) await sendAll(body, response)
    else await sendSome(body, response, cutAfter)
  } finally {
    child.kill()
  }
}

function cgiEnvironment(dir: string, request: IncomingMessage): NodeJS.ProcessEnv {
  const [path, query] = (request.url ?? '/').split('?')
  const header = (name: string) => String(request.headers[name] ?? '')
  return {
    PATH: process.env['PATH'],
    GIT_PROJECT_ROOT: dir,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_PROTOCOL: header('git-protocol'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    REMOTE_ADDR: '127.0.0.1',
    REQUEST_METHOD: request.method ?? 'GET',
    PATH_INFO: decodeURIComponent(path ?? '/'),
    QUERY_STRING: query ?? '',
    CONTENT_TYPE: header('content-type'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    // Absent for a chunked body, or the backend waits for no bytes at all.
    ...(request.headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: header('content-length') }),
  }
}

/** Reads up to the empty line, sets status and headers, and gives what follows. */
async function readCgiHead(stdout: Readable, response: ServerResponse): Promise<AsyncIterable<Buffer>> {
  const chunks: AsyncIterator<Buffer> = stdout[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  let end = -1
  while (end < 0) {
    const next = await chunks.next()
    if (next.done) throw new Error('git http-backend ended without an answer')
    head = Buffer.concat([head, next.value])
    end = head.indexOf('\r\n\r\n')
  }
  for (const line of head.subarray(0, end).toString().split('\r\n')) {
    const [name = '', value = ''] = line.split(/: (.*)/s)
    if (name === 'Status') response.statusCode = Number.parseInt(value, 10)
    else response.setHeader(name, value)
  }
  const rest = head.subarray(end + 4)
  return (async function* () {
    yield rest
    yield* { [Symbol.asyncIterator]: () => chunks }
  })()
}

async function sendAll(body: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
  for await (const chunk of body) {
    if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve))
    if (response.destroyed) return
  }
  response.end()
}

async function sendSome(body: AsyncIterable<Buffer>, response: ServerResponse, limit: number): Promise<void> {
  let left = limit
  for await (const chunk of body) {
    const part = chunk.subarray(0, left)
    await new Promise((resolve) => response.write(part, resolve))
    left -= part.length
    if (left <= 0) break
  }
  response.destroy()
}
