import { Redis } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'
import { privateRedis } from '../../test/support/private-redis.js'
import { withTestState } from '../../test/support/test-state.js'
import { createState, type State } from './index.js'

let state: State
withTestState((testState) => {
  state = testState.fresh()
})

const ref = { platform: 'github', repo: 'acme/app', ref: 'refs/heads/a b:c' }

async function tryRef(at: State): Promise<void> {
  await at.beginPlan(ref, ['redis'], { commit: 'c2', generation: 1, whole: true })
  await at.putTried(ref, { commit: 'c2', bundle: 'b' })
}

describe('a ref', () => {
  it('is remembered with the commit that was tried', async () => {
    await tryRef(state)
    expect(await state.tried(ref)).toMatchObject({ commit: 'c2', bundle: 'b' })
  })

  it('is forgotten when its plan was broken off', async () => {
    await tryRef(state)
    await state.forgetTried(ref)
    expect(await state.tried(ref)).toBeUndefined()
  })

  it('was not tried when Redis was started anew since: the jobs that followed may be lost', async () => {
    const server = await privateRedis()
    onTestFinished(() => server.remove())
    const redis = new Redis(server.url).on('error', () => undefined)
    onTestFinished(() => redis.disconnect())
    const own = createState(redis, { prefix: '{refs}', onProblem: () => undefined })
    await tryRef(own)
    expect(await own.tried(ref)).toMatchObject({ commit: 'c2' })
    await server.kill()
    await server.start()
    expect(await own.tried(ref)).toBeUndefined()
  })
})

describe('a delivery', () => {
  it('is known when it came before, per platform', async () => {
    expect(await state.deliverySeen('github', 'x')).toBe(false)
    expect(await state.firstDelivery('github', 'x')).toBe(true)
    expect(await state.firstDelivery('github', 'x')).toBe(false)
    expect(await state.deliverySeen('github', 'x')).toBe(true)
    expect(await state.deliverySeen('gitea', 'x')).toBe(false)
    expect(await state.firstDelivery('gitea', 'x')).toBe(true)
  })
})
