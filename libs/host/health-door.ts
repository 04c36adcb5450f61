import { startHealthServer } from '@vartrack/runtime'
import type { Host } from './host.js'

/**
 * Serves liveness, readiness and metrics on ADMIN_ADDR, for a process that has no door of its own. Open until all else has ended, so that a process which
 * drains still tells how it is.
 * @throws VarTrackError `port.in_use`
 */
export async function openHealthDoor(host: Host): Promise<void> {
  const { config, log, metrics, producer } = host
  const server = await startHealthServer({
    ...config.admin,
    alive: { jobs: () => host.stuck() },
    ready: { redis: () => producer.ready().then(() => undefined) },
    registry: metrics.registry,
  })
  host.onClose('the health door', () => server.close())
  log.info({ port: server.port }, 'health and metrics are served')
}
