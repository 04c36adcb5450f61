import type { Bundle } from '@vartrack/bundle'
import type { RegistryLocation } from '@vartrack/schemas'
import { describe, expect, it } from 'vitest'
import { wantedSchedulers } from './schedule.js'

const rule = (datasources: string[], pollIntervalMs?: number) => ({ platform: 'github', datasources, pollIntervalMs })
const bundle = { pollIntervalMs: 60_000, rules: [rule(['redis', 'mongo']), rule(['redis'], 500)] } as unknown as Bundle
const registry = (key: string) => ({ key }) as unknown as RegistryLocation

describe('what the leader schedules', () => {
  it('is a poll per datasource at its shortest interval, a sweep per platform, and a refresh per schema registry', () => {
    const wanted = wantedSchedulers(bundle, [registry('github a/schemas refs/heads/main'), registry('folder /etc/schemas')])
    expect(wanted.map(({ job, everyMs, data }) => [job, everyMs, Object.values(data)[0]])).toEqual([
      ['poll', 500, 'redis'],
      ['poll', 60_000, 'mongo'],
      ['sweep', 60_000, 'github'],
      ['refresh', 300_000, 'github a/schemas refs/heads/main'],
      ['refresh', 300_000, 'folder /etc/schemas'],
    ])
    expect(new Set(wanted.map(({ id }) => id)).size).toBe(5)
    expect(wanted.every(({ id }) => /^[\w-]+$/.test(id))).toBe(true)
  })
})
