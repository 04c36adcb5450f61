import { startHealthServer } from '@vartrack/runtime'
import type { Host } from './host.js'

/**
 * Serves liveness, readiness and metrics on ADMIN_ADDR, in every process alike. Open from before the work begins until all else has ended, so that a process
 * which starts or drains tells how it is.
 * @param isStarting is the work still to begin? Then the process is not ready
 * @throws VarTrackError `port.in_use`
 */
export async function openAdminDoor(host: Host, isStarting: () => boolean): Promise<void> {
  const { config, log, metrics, producer } = host
  const server = await startHealthServer({
    ...config.admin,
    alive: { jobs: () => host.stuck() },
    ready: {
      start: async () => (isStarting() ? 'the process is still starting' : undefined),
      redis: () => producer.ready().then(() => undefined),
    },
    registry: metrics.registry,
  })
  host.onClose('the admin door', () => server.close())
  log.info({ port: server.port }, 'health and metrics are served')
}
