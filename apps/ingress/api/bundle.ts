import { redactBundle } from '@vartrack/bundle'
import type { Api } from './request.js'

/** `GET /api/v1/bundle` without its credentials, and `POST /api/v1/reload`. */
export function addBundleRoutes(api: Api): void {
  const { bundle, reload, log } = api.dependencies
  api.router.get('/bundle', (context) => {
    context.body = redactBundle(bundle())
  })
  api.router.post('/reload', async (context) => {
    const { digest } = await reload()
    log.info({ digest }, 'bundle loaded anew')
    context.body = { status: 'loaded', digest }
  })
}
