import type { IncomingMessage } from 'node:http'
import { VarTrackError } from '@vartrack/errors'
import type { BodyBudget } from './body-budget.js'

/** What a request takes before the first byte of its body. */
const REQUEST_BYTES = 16 * 1024

/** What one body may take. */
export interface BodyLimits {
  readonly maxBytes: number
  readonly timeoutMs: number
  readonly budget: BodyBudget
}

/**
 * The raw bytes of a JSON body, bounded in size, time and encoding before and while it is read. What is left of a refused body is discarded.
 * @throws VarTrackError `http.body_too_large` 413, `http.content_type` and `http.content_encoding` 415, `http.body_timeout` 408, `http.busy` 429,
 * `http.body_broken` 400
 */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  try {
    requirePlainJson(request)
    if (Number(request.headers['content-length'] ?? 0) > limits.maxBytes) throw tooLarge(limits.maxBytes)
    return await collect(request, limits)
  } catch (error) {
    request.resume()
    throw error
  }
}

function collect(request: IncomingMessage, { maxBytes, timeoutMs, budget }: BodyLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const end = (error?: VarTrackError) => {
      clearTimeout(timer)
      request.off('data', onData).off('end', onEnd).off('close', onClose)
      share.leave()
      if (error === undefined) resolve(Buffer.concat(chunks, length))
      else reject(error)
    }
    const onData = (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.length
      share.take(chunk.length)
      if (length > maxBytes) end(tooLarge(maxBytes))
    }
    const onEnd = () => end()
    const onClose = () => end(refused('body_broken', 400, 'The connection ended before the body did.', 'Send it again.'))
    const timer = setTimeout(() => end(slow(timeoutMs)), timeoutMs)
    const share = budget.enter(() => end(busy()))
    share.take(REQUEST_BYTES)
    request.on('data', onData).on('end', onEnd).on('close', onClose)
  })
}

function requirePlainJson(request: IncomingMessage): void {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') {
    throw refused('content_encoding', 415, `The body is encoded as ${JSON.stringify(encoding.slice(0, 40))}.`, 'Send it as it is, uncompressed.')
  }
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type === 'application/json') return
  throw refused('content_type', 415, `The content type is ${JSON.stringify(type?.slice(0, 80))}.`, 'Set the content type to application/json.')
}

function tooLarge(maxBytes: number): VarTrackError {
  return refused(
    'body_too_large',
    413,
    `The body is larger than ${maxBytes} bytes.`,
    'Send less; max_webhook_body_bytes in the bundle is the limit of webhooks.',
  )
}

function busy(): VarTrackError {
  return refused('busy', 429, 'Too many large bodies are being received at once.', 'Send it again in a second.')
}

function slow(timeoutMs: number): VarTrackError {
  return refused('body_timeout', 408, `The body was not there within ${timeoutMs} ms.`, 'Send it again over a faster connection.')
}

function refused(reason: string, status: number, message: string, remedy: string): VarTrackError {
  return new VarTrackError({ code: `http.${reason}`, message, remedy, status })
}
