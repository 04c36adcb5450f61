import { counterOf, type State } from '@vartrack/state'
import { describe, expect, it } from 'vitest'
import { sampleBundle } from '../../test/support/samples.js'
import { withTestState } from '../../test/support/test-state.js'
import type { PlannerContext } from './context.js'
import { readHead } from './head.js'
import type { PlanRun } from './plan-run.js'

const ref = { platform: 'github', repo: 'acme/app', ref: 'refs/heads/main' }
const counter = counterOf('github/acme/app')

let state: State
let empty: () => Promise<unknown>
withTestState((testState) => {
  state = testState.fresh()
  empty = () => testState.redis.flushdb()
})

/** The same for one destination, as a heal asks for it. */
function healOf(commit: string): PlanRun {
  const run = planOf(commit)
  return { ...run, job: { ...run.job, cause: 'heal', datasource: 'redis', location: 'production', full: true } }
}

/** A plan of the ref. @param fetching what happens while the head is read */
function planOf(commit: string, fetching: () => Promise<unknown> = async () => undefined): PlanRun {
  const job = { version: 1, correlation: 'c', cause: 'webhook', ...ref, dryRun: false, full: false } as const
  const repository = { fetch: async () => fetching().then(() => commit), changedPaths: async () => [] }
  const context = { bundle: () => sampleBundle, state } as unknown as PlannerContext
  const read = repository as unknown as PlanRun['repository']
  return { job, id: 'plan', repository: read, signal: AbortSignal.timeout(30_000), isLastTry: false, context }
}

describe('the head of a ref', () => {
  it('is read by the next plan, too, when Redis was emptied while one was fetching: that one began with a generation that Redis counts no more', async () => {
    await state.takeGeneration(counter, 20_000)
    const slow = await readHead(planOf('c1', empty), ['redis'], 0)
    const next = await readHead(planOf('c2'), ['redis'], 0)
    expect(next.generation).toBeGreaterThan(slow.generation)
    expect(await state.generation(counter)).toBe(next.generation + 1)
  })

  it('is not in force for a heal while its first change set is under way: it may fail, and the heal would have brought it to one destination alone', async () => {
    await readHead(planOf('c1'), ['redis'], 0)
    expect((await readHead(healOf('c1'), ['redis'], 0)).inForce).toBe(false)
    await state.settlePlan(ref, ['redis'], { commit: 'c1', generation: 1, bundle: sampleBundle.digest })
    expect((await readHead(healOf('c1'), ['redis'], 0)).inForce).toBe(true)
  })

  it('is in force for a heal after a loss of Redis', async () => {
    expect((await readHead(healOf('c1'), ['redis'], 0)).inForce).toBe(true)
  })
})
