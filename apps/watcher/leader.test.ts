import type { Bundle } from '@vartrack/bundle'
import type { Scheduled } from '@vartrack/queues'
import { describe, expect, it } from 'vitest'
import { syncSchedules } from './leader.js'

const bundle = { pollIntervalMs: 60_000, rules: [{ platform: 'github', datasources: ['redis', 'mongo', 'zookeeper'] }] } as unknown as Bundle

/** As the bundle asks for it. */
const asked = { everyMs: 60_000, stuck: false }

/** Schedulers in memory, of polls; `onChange` hears of every change before it is made. */
function schedules(present: Record<string, Pick<Scheduled, 'everyMs' | 'stuck'>>, onChange: () => void) {
  const changes: string[] = []
  const note = (change: string) => {
    onChange()
    changes.push(change)
  }
  const producer = {
    schedulers: async (job: string) => (job === 'poll' ? Object.entries(present) : []).map(([id, one]) => ({ id, ...one, data: undefined })),
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
    const { changes, context } = schedules({ 'poll-gone': asked, 'poll-redis': { ...asked, everyMs: 1 } }, () => undefined)
    await syncSchedules(new AbortController().signal, context)
    expect(changes.toSorted()).toEqual(['+poll-mongo', '+poll-redis', '+poll-zookeeper', '+sweep-github', '-poll-gone'])
  })

  it('adds one again that is stuck, and leaves alone what is as it should be', async () => {
    const { changes, context } = schedules({ 'poll-redis': asked, 'poll-mongo': { ...asked, stuck: true }, 'poll-zookeeper': asked }, () => undefined)
    await syncSchedules(new AbortController().signal, context)
    expect(changes).toEqual(['+poll-mongo', '+sweep-github'])
  })

  it('whose time is over while it does so changes nothing more: its successor may know a newer bundle', async () => {
    const term = new AbortController()
    const { changes, context } = schedules({ 'poll-gone': asked }, () => term.abort())
    await syncSchedules(term.signal, context)
    expect(changes).toEqual(['+poll-redis'])
  })
})
