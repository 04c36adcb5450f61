import type { Bundle } from '@vartrack/bundle'
import { describe, expect, it } from 'vitest'
import { syncSchedules } from './leader.js'

const bundle = { pollIntervalMs: 60_000, rules: [{ platform: 'github', datasources: ['redis', 'mongo', 'zookeeper'] }] } as unknown as Bundle

/** Schedulers in memory; `onChange` hears of every change before it is made. */
function schedules(present: string[], onChange: () => void) {
  const changes: string[] = []
  const note = (change: string) => {
    onChange()
    changes.push(change)
  }
  const producer = {
    schedulers: async (job: string) => (job === 'poll' ? present : []).map((id) => ({ id, everyMs: 1, data: undefined })),
    upsertScheduler: async (_: unknown, id: string) => note(`+${id}`),
    removeScheduler: async (_: unknown, id: string) => {
      note(`-${id}`)
      return true
    },
  }
  const context = { bundle: () => bundle, registries: () => [], producer, log: { info: () => undefined, warn: () => undefined } }
  return { changes, context }
}

describe('the leader', () => {
  it('brings the schedules in step with the bundle', async () => {
    const { changes, context } = schedules(['poll-gone', 'poll-redis'], () => undefined)
    await syncSchedules(new AbortController().signal, context)
    expect(changes.toSorted()).toEqual(['+poll-mongo', '+poll-redis', '+poll-zookeeper', '+sweep-github', '-poll-gone'])
  })

  it('whose time is over while it does so changes nothing more: its successor may know a newer bundle', async () => {
    const term = new AbortController()
    const { changes, context } = schedules(['poll-gone'], () => term.abort())
    await syncSchedules(term.signal, context)
    expect(changes).toEqual(['+poll-redis'])
  })
})
