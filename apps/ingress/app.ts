import Koa from 'koa'
import { createApiRouter } from './api/index.js'
import { createBoard } from './board.js'
import { DEFAULT_LIMITS, type IngressDependencies } from './dependencies.js'
import { createHealthRouter } from './health.js'
import { answerErrors, requireKnownRoute, setContext } from './request-context.js'
import { requireLoopback } from './require-loopback.js'
import { requireToken } from './require-token.js'
import { createWebhookRouter } from './webhooks.js'

/**
 * The public door: webhooks and health for the Git hosts; everything else, API and board, for operators with a token. It does not listen yet, and opens
 * nothing: Redis may be away.
 */
export function createIngress(dependencies: IngressDependencies): Koa {
  const limits = { ...DEFAULT_LIMITS, ...dependencies.limits }
  const app = new Koa()
  // Errors are answered and logged by answerErrors; what remains are connections that broke while an answer was sent.
  app.on('error', (error: unknown) => dependencies.log.warn({ error: dependencies.mask.value(error) }, 'an answer could not be sent'))
  app.use(setContext).use(answerErrors(dependencies))
  app.use(createHealthRouter(dependencies).routes()).use(createWebhookRouter(dependencies, limits).routes())
  // What comes after these lines is closed to whoever has no token, known route or not.
  app.use((context, next) => (dependencies.loopbackOnly() ? requireLoopback(context, next) : next()))
  app.use(requireToken(dependencies.tokenCheck))
  app.use(createBoard(dependencies.producer, limits))
  app.use(createApiRouter(dependencies, limits).routes()).use(requireKnownRoute)
  return app
}
