import { VarTrackError } from '@vartrack/errors'
import { staleWrite } from '@vartrack/sink-kit'
import { emptyOutcome, type State } from '@vartrack/state'
import { describe, expect, it } from 'vitest'
import { sampleTarget } from '../../test/support/samples.js'
import { withTestState } from '../../test/support/test-state.js'
import type { WriterContext } from './context.js'
import { writeJob } from './write-job.js'

let state: State
withTestState((testState) => {
  state = testState.fresh()
})

const FACTS = { correlation: 'c', cause: 'webhook', platform: 'github', repo: 'acme/app', ref: 'refs/heads/main', state: 'planned' } as const

describe("a writer whose job becomes another's while it looks who has overtaken it", () => {
  it('tells no outcome: the other has told one', async () => {
    await state.putChangeSet({ ...FACTS, id: 'change', createdAt: new Date().toISOString(), targets: [sampleTarget] })
    await state.takeGeneration({ datasource: '*', location: '*', source: sampleTarget.source }, 100)
    const own = new AbortController()
    const looking = async () => {
      await state.putOutcome('change', 0, emptyOutcome('written'))
      own.abort(new VarTrackError({ code: 'job.lock_lost', message: 'gone', disposition: { kind: 'retry' } }))
      return []
    }
    const context = {
      state,
      exclusively: () => Promise.reject(staleWrite(5, { generation: 3, source: sampleTarget.source }, sampleTarget.location)),
      sessions: { use: looking },
      observe: () => undefined,
      log: { info: () => undefined },
    } as unknown as WriterContext
    const job = { version: 1, correlation: 'c', changeSet: 'change', target: 0 } as const
    await expect(writeJob(job, own.signal, context)).rejects.toMatchObject({ code: 'job.lock_lost' })
    expect((await state.outcomes('change')).get(0)?.state).toBe('written')
  })
})
