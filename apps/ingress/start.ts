import { createStartToken, createTokenCheck } from '@vartrack/auth'
import type { Host } from '@vartrack/host'
import type Koa from 'koa'
import { createIngress } from './app.js'
import { listen } from './listen.js'

/**
 * Opens both doors: PORT on every address for the Git hosts, ADMIN_ADDR (loopback unless it says otherwise) for operators. A bundle without `auth` is served
 * behind a token that is made anew at each start and told in the log.
 */
export async function startIngress(host: Host): Promise<void> {
  const { config, log, metrics, mask, bundle, producer, state, stores } = host
  const { token, record } = createStartToken()
  const { publicApp, adminApp } = createIngress({
    bundle: () => bundle.current(),
    producer,
    state,
    ledgerKeys: (ledger) => stores.core.ledgerKeys(ledger),
    tokenCheck: createTokenCheck([record]),
    secret: host.secret,
    reload: () => bundle.reload(),
    alive: () => host.stuck(),
    mask,
    metrics: {
      webhook: (platform, status, seconds) => metrics.ingress.webhook(platform, status, seconds),
      render: async () => ({ contentType: metrics.registry.contentType, text: await metrics.registry.metrics() }),
    },
    log,
  })
  const admin = await open(host, 'the admin door', adminApp, config.admin)
  log.info(
    { url: admin.url, admin_access: token },
    'API, Bull Board (/admin/queues) and metrics listen; admin_access is the bearer token of this start',
  )
  const front = await open(host, 'the door for webhooks', publicApp, { port: config.port })
  log.info({ url: front.url }, 'webhooks are taken at /webhooks')
}

async function open(host: Host, what: string, app: Koa, where: { readonly host?: string; readonly port: number }) {
  const door = await listen(app, where)
  host.onClose(what, () => door.close())
  return door
}
