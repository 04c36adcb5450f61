import { randomUUID } from 'node:crypto'
import { toVarTrackError, VarTrackError } from '@vartrack/errors'
import type { Context, Middleware, Next } from 'koa'
import { closeAfterAnswer } from './close-after-answer.js'
import type { IngressDependencies } from './dependencies.js'

/** One id from the request to the write. */
const CORRELATION_HEADER = 'x-correlation-id'

/** Takes the caller's correlation id when it is a plain word, else makes one; every answer carries it. */
export async function setContext(context: Context, next: Next): Promise<void> {
  const given = context.get(CORRELATION_HEADER)
  context.state['correlation'] = /^[\w.-]{1,64}$/.test(given) ? given : randomUUID()
  context.set(CORRELATION_HEADER, correlationOf(context))
  context.set('x-content-type-options', 'nosniff')
  context.set('cache-control', 'no-store')
  await next()
}

/** The id of the request, as {@link setContext} chose it. */
export function correlationOf(context: Context): string {
  return String(context.state['correlation'])
}

/** Every error as JSON with code, message and remedy; secrets masked, never a stack. What is our own mistake says no more than that. */
export function answerErrors({ mask, log }: Pick<IngressDependencies, 'mask' | 'log'>): Middleware {
  return async (context, next) => {
    try {
      await next()
    } catch (thrown) {
      const error = clientsMistake(thrown) ?? toVarTrackError(thrown)
      const { status } = error
      const fields = { correlation: correlationOf(context), method: context.method, path: mask.text(context.path), status, code: error.code }
      if (status >= 500 && error.disposition.kind === 'bug') log.error({ ...fields, error: mask.value(thrown) }, 'request failed')
      else log.warn({ ...fields, reason: mask.text(error.message) }, 'request refused')
      if (error.disposition.kind === 'retry' || status === 429) context.set('retry-after', '1')
      if (status === 401) context.set('www-authenticate', 'Bearer realm="vartrack"')
      if (!context.req.complete) closeAfterAnswer(context)
      context.status = status
      context.body = errorBody(error, context, (text) => mask.text(text))
    }
  }
}

/** The route of last resort. @throws VarTrackError `http.not_found` */
export async function requireKnownRoute(context: Context): Promise<void> {
  if (context.body !== undefined && context.body !== null) return
  throw new VarTrackError({
    code: 'http.not_found',
    message: `There is nothing at ${context.method} ${context.path}.`,
    remedy: 'docs/api.md lists the routes.',
    status: 404,
  })
}

/** Koa and the board throw http-errors; a client's mistake stays a client's mistake. */
function clientsMistake(thrown: unknown): VarTrackError | undefined {
  if (!(thrown instanceof Error) || thrown instanceof VarTrackError) return undefined
  const { status, expose } = thrown as { status?: unknown; expose?: unknown }
  if (typeof status !== 'number' || status < 400 || status >= 500 || expose !== true) return undefined
  const message = `The request is refused: ${thrown.message}.`
  return new VarTrackError({ code: 'http.refused', message, remedy: 'docs/api.md lists the routes and what they take.', status, cause: thrown })
}

function errorBody(error: VarTrackError, context: Context, mask: (text: string) => string): Record<string, unknown> {
  const known = error.code !== 'internal.unexpected'
  const message = known ? mask(error.message) : 'Something went wrong inside varTrack; its log holds the details under the request id.'
  const others = error.others.map((other) => ({ code: other.code, message: mask(other.message), ...other.place }))
  return {
    error: { code: error.code, message, ...(error.remedy ? { remedy: mask(error.remedy) } : {}), ...(others.length > 0 ? { others } : {}) },
    request_id: correlationOf(context),
  }
}
