import type { PlanBase } from '@vartrack/state'
import { describe, expect, it } from 'vitest'
import { changesAt } from './changes.js'

/** What differs between two commits of a history in which each commit is the list of its files with their contents. */
const HISTORY: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  first: { 'app.yaml': 'good', 'other.yaml': '1' },
  mistake: { 'app.yaml': 'bad', 'other.yaml': '1' },
  reverted: { 'app.yaml': 'good', 'other.yaml': '1' },
  later: { 'app.yaml': 'good', 'other.yaml': '2' },
}
const repository = {
  changedPaths: async (from: string, to: string) => {
    const [one, other] = [HISTORY[from], HISTORY[to]]
    return one && other && Object.keys({ ...one, ...other }).filter((path) => one[path] !== other[path])
  },
}
const base = (settled: Partial<PlanBase> = {}): PlanBase => ({ begun: 1, pending: {}, bundle: 'b1', ...settled })
const changesOf = (commit: string, bases: Record<string, PlanBase>) =>
  changesAt(repository, commit, new Map(Object.entries(bases)), 'b1', new AbortController().signal)

describe('what a plan reads again', () => {
  it('is what differs from the commit that settled, for each datasource by itself', async () => {
    const changes = await changesOf('later', { redis: base({ commit: 'first' }), mongo: base({ commit: 'later' }) })
    expect([changes.in('redis'), changes.in('mongo')]).toEqual([new Set(['other.yaml']), new Set()])
  })

  it('is everything where nothing settled yet, and where another bundle was in force', async () => {
    const changes = await changesOf('later', { redis: base(), mongo: base({ commit: 'later', bundle: 'b0' }) })
    expect([changes.in('redis'), changes.in('mongo'), changes.in('zookeeper')]).toEqual([undefined, undefined, undefined])
  })

  it('holds a mistake that is still being written when its revert comes', async () => {
    const changes = await changesOf('reverted', { redis: base({ commit: 'first', pending: { mistake: 3 } }) })
    expect(changes.in('redis')).toEqual(new Set(['app.yaml']))
  })

  it('is everything when the history was rewritten', async () => {
    const changes = await changesOf('later', { redis: base({ commit: 'gone' }) })
    expect([changes.in('redis'), changes.rewritten]).toEqual([undefined, true])
  })
})
