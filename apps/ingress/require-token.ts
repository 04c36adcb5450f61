import { bearerToken, type TokenCheck } from '@vartrack/auth'
import { VarTrackError } from '@vartrack/errors'
import type { Context, Middleware } from 'koa'

/** Where a browser may come in with a cookie; the API itself takes the header alone. */
export const BOARD_PATH = '/admin/queues'
const COOKIE = 'vartrack_token'

/**
 * Lets nobody pass without a token. A browser gives it to the board once as `?token=`, which becomes a cookie that scripts cannot read and other sites
 * cannot send; the address then is shown without it.
 * @throws VarTrackError `auth.token_*` status 401, `auth.cross_site` status 403
 */
export function requireToken(check: TokenCheck): Middleware {
  return async (context, next) => {
    const onBoard = context.path === BOARD_PATH || context.path.startsWith(`${BOARD_PATH}/`)
    const given = onBoard && context.method === 'GET' ? new URLSearchParams(context.querystring).get('token') : null
    if (given !== null) return welcome(context, check, given)
    const header = bearerToken(context.get('authorization') || undefined)
    const cookie = onBoard && header === undefined ? context.cookies.get(COOKIE) : undefined
    context.state['caller'] = check(header ?? cookie)
    if (cookie !== undefined) refuseOtherSites(context)
    await next()
  }
}

function welcome(context: Context, check: TokenCheck, token: string): void {
  check(token)
  context.cookies.set(COOKIE, token, { httpOnly: true, sameSite: 'strict', path: BOARD_PATH, overwrite: true })
  context.set('referrer-policy', 'no-referrer')
  context.redirect(context.path)
}

/** A cookie is sent by the browser on its own, so what changes something has to come from our own page. */
function refuseOtherSites(context: Context): void {
  if (context.method === 'GET' || context.method === 'HEAD') return
  const origin = context.get('origin')
  const own = URL.canParse(origin) && new URL(origin).host === context.host
  const plain = context.get('content-type') !== '' && context.is('json') === false
  if (own && !plain) return
  throw new VarTrackError({
    code: 'auth.cross_site',
    message: 'The request comes from another site, or is not JSON.',
    remedy: 'Use the board itself, or send the bearer token in the Authorization header.',
    status: 403,
  })
}
