import type { Duplex } from 'node:stream'

interface Refusal {
  readonly status: string
  readonly code: string
  readonly message: string
  readonly remedy: string
}

const MALFORMED: Refusal = {
  status: '400 Bad Request',
  code: 'http.malformed',
  message: 'The request is no well-formed HTTP.',
  remedy: 'Look at what sends it, and at the proxies on its way.',
}
const BY_ERROR: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    code: 'http.headers_too_large',
    message: 'The headers are larger than 16 KiB.',
    remedy: 'Send fewer or shorter headers.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    code: 'http.request_timeout',
    message: 'The request was not there in time.',
    remedy: 'Send it again over a faster connection.',
  },
}

/** Answers what never became a request (headers that break off, overflow or contradict one another), as every other error, and ends the connection. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const { status, ...refusal } = BY_ERROR[error.code ?? ''] ?? MALFORMED
  const body = JSON.stringify({ error: refusal })
  const head = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}
