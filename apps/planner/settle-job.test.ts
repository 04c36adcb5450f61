import { type ChangeSet, emptyOutcome, type State, type Target, type TargetOutcome } from '@vartrack/state'
import { describe, expect, it } from 'vitest'
import { sampleBundle, sampleTarget } from '../../test/support/samples.js'
import { withTestState } from '../../test/support/test-state.js'
import { settleJob } from './settle-job.js'

let state: State
let added: { name: string; target: number }[]

withTestState((testState) => {
  added = []
  state = testState.fresh()
})

/** Settles a change set of these targets, and gives the jobs that came of it. */
async function settle(ended: readonly { readonly target?: Partial<Target>; readonly outcome?: TargetOutcome }[]): Promise<typeof added> {
  const targets = ended.map(({ target }, index) => ({ ...sampleTarget, location: `place-${index}`, ...target }))
  const facts = {
    correlation: 'c',
    cause: 'webhook',
    platform: 'github',
    repo: 'acme/app',
    ref: 'refs/heads/main',
    createdAt: '2026-01-01T00:00:00.000Z',
  } as const
  const changeSet: ChangeSet = { id: 'change', ...facts, state: 'planned', targets }
  await state.putChangeSet(changeSet)
  for (const [index, one] of ended.entries()) if (one.outcome) await state.putOutcome('change', index, one.outcome)
  return run()
}

/** @returns the jobs that came of it */
async function run(): Promise<typeof added> {
  added = []
  const add = async (name: string, data: { target?: number }) => {
    added.push({ name, target: data.target ?? -1 })
    return ''
  }
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  await settleJob({ version: 1, correlation: 'c', changeSet: 'change' }, { bundle: () => sampleBundle, state, producer: { add } as never, log })
  return added
}

describe('a change set of which one write failed', () => {
  it('has everything put back that may have been written, and looked after what was refused', async () => {
    const jobs = await settle([
      { outcome: emptyOutcome('written') },
      { outcome: emptyOutcome('unchanged') },
      { outcome: emptyOutcome('failed', { uncertain: true }) },
      { outcome: emptyOutcome('failed') },
      {},
    ])
    expect(jobs).toEqual([0, 1, 2, 3, 4].map((target) => ({ name: 'restore', target })))
    expect((await state.changeSet('change'))?.state).toBe('failed')
  })

  it('leaves alone what something newer has overtaken, what was only looked at, and what its rule keeps', async () => {
    const jobs = await settle([
      { outcome: emptyOutcome('failed'), target: { onFailure: 'keep' } },
      { outcome: emptyOutcome('written'), target: { onFailure: 'keep' } },
      { outcome: emptyOutcome('superseded') },
      { outcome: emptyOutcome('planned'), target: { dryRun: true } },
    ])
    expect(jobs).toEqual([])
  })
})

describe('a change set whose writes all ended well', () => {
  it('is settled, and its deferred deletes follow', async () => {
    const prune = { ...sampleTarget.prune, enabled: true, last: true }
    const jobs = await settle([{ outcome: emptyOutcome('written'), target: { prune } }, { outcome: emptyOutcome('unchanged') }])
    expect(jobs).toEqual([{ name: 'write', target: 0 }])
    expect((await state.changeSet('change'))?.state).toBe('settled')
  })

  it('stays settled when its job runs again and a deferred delete has failed meanwhile: what is put back then is a part of it', async () => {
    const prune = { ...sampleTarget.prune, enabled: true, last: true }
    await settle([{ outcome: emptyOutcome('written'), target: { prune } }, { outcome: emptyOutcome('written') }])
    await state.putOutcome('change', 0, emptyOutcome('failed', { uncertain: true }))
    expect(await run()).toEqual([{ name: 'write', target: 0 }])
    expect((await state.changeSet('change'))?.state).toBe('settled')
  })
})
