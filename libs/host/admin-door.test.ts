import { createMetrics } from '@vartrack/runtime'
import { expect, it, onTestFinished } from 'vitest'
import { openAdminDoor } from './admin-door.js'
import type { Host } from './host.js'

it('the admin door tells that a process is alive while it starts, and ready when its work has begun', async () => {
  let port = 0
  let starting = true
  const log = { info: (fields: { port: number }) => (port = fields.port) }
  const host = {
    config: { admin: { host: '127.0.0.1', port: 0 } },
    log,
    metrics: createMetrics(),
    producer: { ready: async () => undefined },
    stuck: async () => undefined,
    onClose: (_what: string, close: () => Promise<void>) => onTestFinished(close),
  }
  await openAdminDoor(host as unknown as Host, () => starting)
  const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status
  expect([await status('/health/liveness'), await status('/health/readiness'), await status('/metrics')]).toEqual([200, 503, 200])
  starting = false
  expect(await status('/health/readiness')).toBe(200)
})
