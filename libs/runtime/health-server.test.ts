import { afterEach, describe, expect, it } from 'vitest'
import { createMetrics, exportQueueDepths, type HealthServer, startHealthServer } from './index.js'

let server: HealthServer | undefined

afterEach(async () => {
  await server?.close()
  server = undefined
})

async function get(path: string, method = 'GET'): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${server?.port}${path}`, { method })
  return { status: response.status, text: await response.text() }
}

async function start(problem?: string): Promise<ReturnType<typeof createMetrics>> {
  const metrics = createMetrics()
  const ready = { redis: async () => problem, git: async () => undefined }
  server = await startHealthServer({ host: '127.0.0.1', port: 0, alive: {}, ready, registry: metrics.registry })
  return metrics
}

describe('health', () => {
  it('is ok while every check passes', async () => {
    await start()
    expect(await get('/health/readiness')).toMatchObject({ status: 200 })
    expect(await get('/health/liveness')).toMatchObject({ status: 200 })
  })

  it('says which check failed and why, and being not ready is no reason to restart', async () => {
    await start('it is full')
    expect(await get('/health/readiness')).toEqual({ status: 503, text: '{"status":"failed","failed":{"redis":"it is full"}}' })
    expect(await get('/health/liveness')).toMatchObject({ status: 200 })
  })

  it('serves nothing else', async () => {
    await start()
    for (const path of ['/', '/api/v1/bundle', '/admin/queues', '/webhooks']) expect((await get(path)).status).toBe(404)
    expect((await get('/metrics', 'POST')).status).toBe(405)
  })

  it('says in one sentence that its port is taken', async () => {
    const { registry } = await start()
    const second = startHealthServer({ host: '127.0.0.1', port: server?.port ?? 0, alive: {}, ready: {}, registry })
    await expect(second).rejects.toMatchObject({ code: 'port.in_use' })
  })
})

describe('metrics', () => {
  it('have the names operators were promised', async () => {
    const { registry, watcher } = await start()
    exportQueueDepths(registry, async () => new Map([['plan', 3]]))
    watcher.poll('redis')
    watcher.drift('redis')
    watcher.heal('redis')
    watcher.healError('redis')
    watcher.pollSeconds('redis', 0.1)
    const { text } = await get('/metrics')
    for (const name of ['poll_total', 'drift_total', 'heal_total', 'heal_errors_total', 'poll_duration_seconds_count']) {
      expect(text).toContain(`vartrack_watcher_${name}{datasource="redis"} 1`)
    }
    expect(text).toContain('vartrack_queue_depth{queue="plan"} 3')
  })
})
