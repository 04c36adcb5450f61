import type { IncomingMessage } from 'node:http'
import { VarTrackError } from '@vartrack/errors'
import type { Headers } from '@vartrack/platforms'

/** Headers that proxies and clients rightly send more than once, and that nothing is decided by. */
const REPEATABLE = /^(accept|accept-.*|cache-control|connection|cookie|forwarded|pragma|te|trailer|upgrade|via|warning|x-forwarded-.*)$/

/**
 * Headers by lower-case name. One that came twice is refused: which of two signatures, lengths or event names counts must not depend on who reads it.
 * @throws VarTrackError `http.duplicate_header` status 400
 */
export function readHeaders(request: IncomingMessage): Headers {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = (request.rawHeaders[index] ?? '').toLowerCase()
    if (name in headers && !REPEATABLE.test(name)) throw duplicate(name)
    headers[name] = request.rawHeaders[index + 1] ?? ''
  }
  return headers
}

function duplicate(name: string): VarTrackError {
  return new VarTrackError({
    code: 'http.duplicate_header',
    message: `The header ${name.slice(0, 80)} was sent twice.`,
    remedy: 'Send it once; look for a proxy that adds it.',
    status: 400,
  })
}
