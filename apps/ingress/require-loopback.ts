import { VarTrackError } from '@vartrack/errors'
import type { Context, Next } from 'koa'

/**
 * Lets only this machine pass. A proxy on it speaks for somebody else, so what it forwards does not count as local.
 * @throws VarTrackError `auth.loopback_only` status 403
 */
export async function requireLoopback(context: Context, next: Next): Promise<void> {
  const forwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip'].some((name) => context.get(name) !== '')
  if (isLoopback(context.req.socket.remoteAddress ?? '') && !forwarded) return next()
  throw new VarTrackError({
    code: 'auth.loopback_only',
    message: 'Everything but webhooks and health is served to this machine alone while the bundle has no auth.',
    remedy: 'Ask from the machine itself, or forward a port to it (ssh -L, kubectl port-forward).',
    status: 403,
  })
}

/** 127.0.0.0/8, ::1, and the former as IPv6 writes it. */
function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address)
}
