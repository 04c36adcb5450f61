import { loadCore } from '@vartrack/core'
import { type ChangeSet, emptyOutcome, type State, type Target } from '@vartrack/state'
import { describe, expect, it } from 'vitest'
import { engineAt } from '../../test/contract/engine-at.js'
import { releaseOf } from '../../test/contract/releases.js'
import { newLocation } from '../../test/contract/store.js'
import { sampleTarget } from '../../test/support/samples.js'
import { withTestState } from '../../test/support/test-state.js'
import type { WriterContext } from './context.js'
import { restoreJob } from './restore-job.js'
import { writeJob } from './write-job.js'

const core = loadCore()
const { signal } = new AbortController()
let state: State
withTestState((testState) => {
  state = testState.fresh()
})

describe.each(['redis with a hash', 'mongo on mongo-java-server', 'zookeeper with plain values'])(
  'two pushes that fail one after the other, at %s',
  (name) => {
    const at = engineAt(name)
    const context = (): WriterContext => ({
      core,
      sessions: { use: (_, work) => work(at.session, at.store.sink), [Symbol.asyncDispose]: async () => undefined },
      journals: { get: () => undefined, set: () => undefined },
      state,
      exclusively: (_at, own, work) => work(own),
      producer: { add: async () => '' },
      observe: () => undefined,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    })

    /** Writes one target of a change set; or plans it, and nobody knows whether it arrives. */
    const push = async (location: string, generation: number, json: string, changes: Partial<Target> = {}, isWritten = true) => {
      const { digest, entries, frame } = await releaseOf(core, json)
      const commit = generation.toString(16).padStart(40, '0')
      const prune = { ...sampleTarget.prune, enabled: true }
      const target = { ...sampleTarget, location, generation, commit, digest, entries, prune, ...changes }
      const { platform, repo, ref, source, environment } = target
      const changeSet: ChangeSet = {
        id: `change-${generation}`,
        ...FACTS,
        platform,
        repo,
        ref,
        createdAt: new Date().toISOString(),
        targets: [target],
      }
      await state.putRelease(digest, frame)
      await state.claim(target, { source, ref, environment, digest, generation })
      await state.putChangeSet(changeSet)
      const job = { version: 1, correlation: 'c', changeSet: changeSet.id, target: 0 } as const
      if (isWritten) await writeJob(job, signal, context())
      else await state.putOutcome(changeSet.id, 0, emptyOutcome('failed', { uncertain: true }))
      return {
        target,
        ends: (as: 'failed' | 'settled') => state.putChangeSet({ ...changeSet, state: as }),
        isPutBack: () => restoreJob(job, signal, context()),
      }
    }

    it.each(['{"a":"3","c":"3"}', '{"a":"2","b":"2"}'])('leave what was there before both, also when the second is %s', async (json) => {
      const location = newLocation(at.store)
      const sound = await push(location, 1, '{"a":"1","k":"1"}')
      await sound.ends('settled')
      const first = await push(location, 3, '{"a":"2","b":"2"}')
      const second = await push(location, 5, json)
      await second.ends('failed')
      await expect(second.isPutBack()).rejects.toMatchObject({ code: 'restore.undecided', disposition: { kind: 'wait' } })
      await first.ends('failed')
      await first.isPutBack()
      await second.isPutBack()
      expect(await at.live(location)).toEqual({ a: '1', k: '1' })
      const { digest, commit } = sound.target
      expect(await state.target(sound.target)).toMatchObject({ digest, commit, entries: 2 })
      expect(await state.claims(first.target.datasource, location)).toMatchObject([{ digest }])
      await push(location, 7, '{"a":"7"}')
      expect(await at.live(location)).toEqual({ a: '7' })
    })

    it('leave what was there before both when the second never arrived, and cannot arrive any more', async () => {
      const location = newLocation(at.store)
      await (await push(location, 1, '{"a":"1","k":"1"}')).ends('settled')
      const first = await push(location, 3, '{"a":"2","b":"2"}')
      const second = await push(location, 5, '{"a":"3"}', {}, false)
      for (const one of [first, second]) await one.ends('failed')
      for (const one of [second, first]) await one.isPutBack()
      expect(await at.live(location)).toEqual({ a: '1', k: '1' })
      expect(await at.session.heads(location, signal)).toMatchObject([{ generation: 6, entries: 2 }])
    })

    it.each([
      ['its change set settled', {}, 'settled'],
      ['its rule keeps what fails', { onFailure: 'keep' }, 'failed'],
      ['it was whole and alone in its change set', { undo: false }, 'failed'],
    ] as const)('leave the first where %s', async (_, changes, state) => {
      const location = newLocation(at.store)
      await push(location, 1, '{"a":"1"}')
      const first = await push(location, 3, '{"a":"2"}', changes)
      await first.ends(state)
      const second = await push(location, 5, '{"a":"3"}')
      await second.ends('failed')
      await second.isPutBack()
      expect(await at.live(location)).toEqual({ a: '2' })
    })

    it('leave the first where a later push has brought the same and settled', async () => {
      const location = newLocation(at.store)
      await push(location, 1, '{"a":"1"}')
      const first = await push(location, 3, '{"a":"2"}')
      await first.ends('failed')
      const { target } = await push(location, 5, '{"a":"2"}')
      await state.beginPlan(target, [target.datasource], { commit: target.commit, generation: 5, whole: true })
      await state.settlePlan(target, [target.datasource], { commit: target.commit, generation: 5, bundle: 'b' })
      const last = await push(location, 7, '{"a":"2"}')
      await state.putOutcome('change-7', 0, emptyOutcome('unchanged'))
      await last.isPutBack()
      expect(await at.live(location)).toEqual({ a: '2' })
    })
  },
)

const FACTS = { correlation: 'c', cause: 'webhook', state: 'planned' } as const
