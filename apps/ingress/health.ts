import { Router } from '@koa/router'
import type { IngressDependencies } from './dependencies.js'

/** `GET /health/liveness` (does the process work?) and `GET /health/readiness` (does Redis take a job?): 200 or 503. */
export function createHealthRouter({ alive, producer }: Pick<IngressDependencies, 'alive' | 'producer'>): Router {
  const router = new Router({ prefix: '/health' })
  router.get('/liveness', async (context) => {
    const stuck = await alive()
    context.status = stuck === undefined ? 200 : 503
    context.body = { status: stuck === undefined ? 'ok' : 'stuck', ...(stuck === undefined ? {} : { reason: stuck }) }
  })
  router.get('/readiness', async (context) => {
    await producer.ready()
    context.body = { status: 'ready' }
  })
  return router
}
