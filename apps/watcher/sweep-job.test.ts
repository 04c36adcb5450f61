import type { Bundle } from '@vartrack/bundle'
import type { State } from '@vartrack/state'
import { beforeEach, describe, expect, it } from 'vitest'
import { sampleBundle, sampleRule } from '../../test/support/samples.js'
import { withTestState } from '../../test/support/test-state.js'
import type { WatcherContext } from './context.js'
import { sweepJob } from './sweep-job.js'

const { signal } = new AbortController()
const REPO = 'acme/app'
const main = { platform: sampleRule.platform, repo: REPO, ref: 'refs/heads/main' }
const bundle = { ...sampleBundle, rules: [{ ...sampleRule, repositories: [REPO] }] }

let state: State
let planned: string[]
withTestState((testState) => {
  state = testState.fresh()
})
beforeEach(() => {
  planned = []
})

/** Sweeps while the head of main is a commit. */
async function sweep(head: string, inForce: Bundle): Promise<string[]> {
  const context = {
    bundle: () => inForce,
    state,
    git: { remotes: async () => [], remoteHeads: async () => ({ refs: new Map([[main.ref, head]]), defaultRef: main.ref }) },
    remote: async () => undefined,
    producer: { add: async (_name: string, job: { ref: string }) => void planned.push(job.ref) },
    log: { info: () => undefined, warn: (_fields: object, line: string) => void planned.push(line) },
  } as unknown as WatcherContext
  await sweepJob({ version: 1, correlation: 'c', platform: main.platform }, signal, context)
  return planned.splice(0)
}

/** A plan of main, from its beginning on. */
async function tried(commit: string, inForce: Bundle): Promise<void> {
  await state.beginPlan(main, sampleRule.datasources, { commit, generation: 1, whole: true })
  await state.putTried(main, { commit, bundle: inForce.digest })
}

describe('a sweep', () => {
  const changed = { ...bundle, digest: 'another' }

  it('plans a head that nobody has planned, and not again at once when that failed', async () => {
    expect(await sweep('c1', bundle)).toEqual([main.ref])
    await tried('c1', bundle)
    expect(await sweep('c1', bundle)).toEqual([])
    expect(await sweep('c2', bundle)).toEqual([main.ref])
  })

  it('plans a head at once that settled, or failed, by another bundle, and then waits', async () => {
    await tried('c1', bundle)
    expect(await sweep('c1', changed)).toEqual([main.ref])
    await state.settlePlan(main, sampleRule.datasources, { commit: 'c1', generation: 1, bundle: bundle.digest })
    expect([await sweep('c1', bundle), await sweep('c1', changed)]).toEqual([[], [main.ref]])
    await tried('c1', changed)
    expect(await sweep('c1', changed)).toEqual([])
  })
})
