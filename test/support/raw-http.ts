import { connect, type Socket } from 'node:net'

/** A request as no library would send it. */
export interface RawRequest {
  /** Request line and headers; `host` is added. */
  readonly head: readonly string[]
  /** Leave the headers open: the empty line is not sent. */
  readonly open?: boolean
  /** Gives more of the body until it gives `undefined`; asked as fast as the connection takes it, until the answer begins. */
  readonly body?: () => string | Buffer | undefined
}

/** What came back before the connection ended. */
export interface RawAnswer {
  /** 0: the connection ended without an answer. */
  readonly status: number
  readonly text: string
  /** `error.code` of the answer, when it is one of varTrack's. */
  readonly code: string | undefined
}

/** Sends one request over a connection of its own and gives the first answer. */
export function sendRaw(url: string, request: RawRequest): Promise<RawAnswer> {
  const socket = openRaw(url)
  let text = ''
  const pump = () => {
    let more = text === '' ? request.body?.() : undefined
    while (more !== undefined && socket.write(more)) more = text === '' ? request.body?.() : undefined
  }
  socket.write(`${[...request.head, 'host: vartrack.test'].join('\r\n')}\r\n${request.open === true ? '' : '\r\n'}`)
  socket.on('connect', pump).on('drain', pump)
  return new Promise((resolve) => {
    const end = () => resolve(answerOf(text))
    // A reset after the answer is the server's right: it did not want the rest.
    socket.on('error', end).on('close', end)
    socket.on('data', (chunk) => {
      text += chunk.toString()
      if (isWhole(text)) socket.end()
    })
  })
}

/** A connection to the server behind a URL. */
export function openRaw(url: string): Socket {
  return connect(Number(new URL(url).port), '127.0.0.1')
}

function isWhole(text: string): boolean {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const length = /content-length: (\d+)/i.exec(head)?.[1]
  return rest.length > 0 && length !== undefined && Buffer.byteLength(rest.join('\r\n\r\n')) >= Number(length)
}

function answerOf(text: string): RawAnswer {
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)
  return { status, text, code: /"code":"([\w.]+)"/.exec(text)?.[1] }
}
