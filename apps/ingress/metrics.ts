import { Router } from '@koa/router'
import type { IngressDependencies } from './dependencies.js'

/** `GET /metrics` in the text format of Prometheus. It holds names and numbers, so it asks for no token; it is served on the admin door alone. */
export function createMetricsRouter({ metrics }: Pick<IngressDependencies, 'metrics'>): Router {
  const router = new Router()
  router.get('/metrics', async (context) => {
    const { contentType, text } = await metrics.render()
    context.type = contentType
    context.body = text
  })
  return router
}
