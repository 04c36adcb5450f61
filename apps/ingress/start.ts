import { createStartToken, createTokenCheck } from '@vartrack/auth'
import { type Host, schemaSources } from '@vartrack/host'
import { QUEUES, queueName } from '@vartrack/queues'
import { exportQueueDepths } from '@vartrack/runtime'
import { allRegistries } from '@vartrack/schemas'
import { createIngress } from './app.js'
import { listen } from './listen.js'

/**
 * Opens PORT to the Git hosts and to operators. API and board take the tokens of the bundle; while it has no `auth` they are served to this machine alone,
 * behind a token that is made anew at each start and told in the log.
 * @throws VarTrackError `door.not_opened`
 */
export async function startIngress(host: Host): Promise<void> {
  const { config, metrics, bundle, producer, state, stores } = host
  const { token, record } = createStartToken()
  const app = createIngress({
    bundle: () => bundle.current(),
    registries: () => allRegistries(schemaSources(host)),
    producer,
    state,
    ledgerKeys: (ledger) => stores.core.ledgerKeys(ledger),
    // Asked anew at each request: tokens come and go with the bundle.
    tokenCheck: (given) => createTokenCheck(bundle.current().auth?.tokens ?? [record])(given),
    loopbackOnly: () => bundle.current().auth === undefined,
    secret: host.secret,
    reload: () => bundle.reload(),
    alive: () => host.stuck(),
    mask: host.mask,
    metrics: metrics.ingress,
    log: host.log,
  })
  exportQueueDepths(metrics.registry, () => queueDepths(host))
  const door = await listen(app, { port: config.port })
  host.onDrain('the public door', () => door.close())
  const tell = () => tellAccess(host, door.url, token)
  tell()
  host.onReload(tell)
}

function tellAccess({ log, bundle }: Host, url: string, token: string): void {
  if (bundle.current().auth) return log.info({ url }, 'webhooks are taken; API and board (/admin/queues) take the tokens of the bundle')
  log.info({ url, admin_access: token }, 'webhooks are taken; admin_access is the bearer token of API and board (/admin/queues) until the next start')
}

/** Of every queue that the bundle's datasources can fill. */
async function queueDepths({ bundle, producer }: Host): Promise<ReadonlyMap<string, number>> {
  const sinks = new Set(bundle.current().datasources.map((datasource) => datasource.type))
  const others = QUEUES.filter((kind) => kind !== 'write').map(async (kind) => [kind, await producer.depth(kind)] as const)
  const writers = [...sinks].map(async (sink) => [queueName('write', sink), await producer.depth('write', sink)] as const)
  const depths = await Promise.allSettled([...others, ...writers])
  // A queue that cannot be asked leaves its line out; the other metrics are needed most of all then.
  return new Map(depths.flatMap((depth) => (depth.status === 'fulfilled' ? [depth.value] : [])))
}
