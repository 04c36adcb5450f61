import { Router } from '@koa/router'
import { createBodyBudget } from '../body-budget.js'
import type { IngressDependencies, IngressLimits } from '../dependencies.js'
import { addBundleRoutes } from './bundle.js'
import { addChangeSetRoutes } from './change-sets.js'
import { addDestinationRoutes } from './destinations.js'
import { addJobRoutes } from './jobs.js'
import type { Api } from './request.js'
import { addSyncRoute } from './sync.js'

/** `/api/v1`; docs/api.md describes every route. Whoever gets here has a token. */
export function createApiRouter(dependencies: IngressDependencies, limits: IngressLimits): Router {
  const router = new Router({ prefix: '/api/v1' })
  const api: Api = { router, dependencies, limits, budget: createBodyBudget(limits.bufferedBytes) }
  for (const add of [addSyncRoute, addJobRoutes, addDestinationRoutes, addChangeSetRoutes, addBundleRoutes]) add(api)
  return router
}
