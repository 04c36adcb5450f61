import Koa from 'koa'
import { createApiRouter } from './api/index.js'
import { createBoard } from './board.js'
import { DEFAULT_LIMITS, type IngressDependencies } from './dependencies.js'
import { createHealthRouter } from './health.js'
import { createMetricsRouter } from './metrics.js'
import { answerErrors, requireKnownRoute, setContext } from './request-context.js'
import { requireLoopback } from './require-loopback.js'
import { requireToken } from './require-token.js'
import { createWebhookRouter } from './webhooks.js'

/** The two doors of the ingress; neither listens yet. */
export interface Ingress {
  /** Webhooks and health for the Git hosts; everything else there, API and board, is for operators with a token. */
  readonly publicApp: Koa
  /** Health and metrics, for the machinery around. */
  readonly adminApp: Koa
}

/** Builds the doors. Nothing is opened: Redis may be away. */
export function createIngress(dependencies: IngressDependencies): Ingress {
  const limits = { ...DEFAULT_LIMITS, ...dependencies.limits }
  const health = createHealthRouter(dependencies)
  const publicApp = createApp(dependencies)
  publicApp.use(health.routes()).use(createWebhookRouter(dependencies, limits).routes())
  // What comes after these lines is closed to whoever has no token, known route or not.
  publicApp.use((context, next) => (dependencies.loopbackOnly() ? requireLoopback(context, next) : next()))
  publicApp.use(requireToken(dependencies.tokenCheck))
  publicApp.use(createBoard(dependencies.producer, limits))
  publicApp.use(createApiRouter(dependencies, limits).routes()).use(requireKnownRoute)

  const adminApp = createApp(dependencies)
  adminApp.use(health.routes()).use(createMetricsRouter(dependencies).routes()).use(requireKnownRoute)
  return { publicApp, adminApp }
}

function createApp(dependencies: IngressDependencies): Koa {
  const app = new Koa()
  // Errors are answered and logged by answerErrors; what remains are connections that broke while an answer was sent.
  app.on('error', (error: unknown) => dependencies.log.warn({ error: dependencies.mask.value(error) }, 'an answer could not be sent'))
  app.use(setContext).use(answerErrors(dependencies))
  return app
}
