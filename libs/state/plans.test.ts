import type { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { withTestState } from '../../test/support/test-state.js'
import type { RefName, State } from './index.js'

const main: RefName = { platform: 'github', repo: 'acme/app', ref: 'refs/heads/main' }
const whole = (commit: string, generation: number) => ({ commit, generation, whole: true })

let redis: Redis
let state: State

withTestState((testState) => {
  redis = testState.redis
  state = testState.fresh()
})

describe('plans of a ref', () => {
  it('count as settled for the datasources they were about, and for no other', async () => {
    expect(await state.beginPlan(main, ['redis', 'mongo'], whole('c1', 1))).toEqual(new Map())
    await state.settlePlan(main, ['redis'], { commit: 'c1', generation: 1, bundle: 'b' })
    const bases = await state.planBases(main)
    expect(bases.get('redis')).toEqual({ begun: 1, commit: 'c1', generation: 1, bundle: 'b', pending: {} })
    expect(bases.get('mongo')).toEqual({ begun: 1, pending: { c1: 1 } })
  })

  it('neither settle nor count as tried when Redis was emptied after they began', async () => {
    await state.beginPlan(main, ['redis'], whole('c1', 1))
    await redis.flushdb()
    await state.putTried(main, { commit: 'c1', bundle: 'b' })
    await state.settlePlan(main, ['redis'], { commit: 'c1', generation: 1, bundle: 'b' })
    expect([await state.planBases(main), await state.tried(main)]).toEqual([new Map(), undefined])
  })

  it('show the one that begins second what the first may be writing', async () => {
    await state.beginPlan(main, ['redis'], whole('mistake', 1))
    const bases = await state.beginPlan(main, ['redis'], whole('reverted', 3))
    expect(bases).toEqual(new Map([['redis', { begun: 1, pending: { mistake: 1 } }]]))
  })

  it('are overtaken by one with a higher generation that began before; a heal of one destination overtakes nobody', async () => {
    await state.beginPlan(main, ['redis'], { commit: 'c1', generation: 5, whole: false })
    expect(await state.beginPlan(main, ['redis'], whole('c1', 3))).toBeInstanceOf(Map)
    await state.beginPlan(main, ['redis'], whole('c2', 7))
    expect(await state.beginPlan(main, ['redis'], whole('c1', 6))).toBe(7)
  })

  it('forget what an older one may have left only when a newer one has settled', async () => {
    await state.beginPlan(main, ['redis'], whole('c1', 1))
    await state.beginPlan(main, ['redis'], whole('c2', 3))
    await state.settlePlan(main, ['redis'], { commit: 'c1', generation: 1, bundle: 'b' })
    expect((await state.planBases(main)).get('redis')).toMatchObject({ commit: 'c1', pending: { c2: 3 } })
    await state.settlePlan(main, ['redis'], { commit: 'c2', generation: 3, bundle: 'b' })
    await state.settlePlan(main, ['redis'], { commit: 'c1', generation: 1, bundle: 'b' })
    expect((await state.planBases(main)).get('redis')).toMatchObject({ commit: 'c2', generation: 3, pending: {} })
  })

  it('count as nothing settled when too many of them never did', async () => {
    await state.beginPlan(main, ['redis'], whole('c0', 1))
    await state.settlePlan(main, ['redis'], { commit: 'c0', generation: 1, bundle: 'b' })
    for (let i = 1; i <= 21; i += 1) await state.beginPlan(main, ['redis'], whole(`c${i}`, 1 + 2 * i))
    expect((await state.planBases(main)).get('redis')).toEqual({ begun: 43, generation: 1, pending: {} })
  })

  it('are found for a sweep, and forgotten with their ref', async () => {
    await state.beginPlan(main, ['redis'], whole('c1', 1))
    const found = []
    for await (const ref of state.begunRefs('github')) found.push(ref)
    expect(found).toEqual([{ repo: 'acme/app', ref: 'refs/heads/main' }])
    await state.forgetPlans(main, ['redis'], 1)
    expect(await state.planBases(main)).toEqual(new Map())
  })

  it('are not forgotten with a ref that came back meanwhile, nor for datasources that nobody asked for', async () => {
    await state.beginPlan(main, ['redis', 'mongo'], whole('c1', 1))
    await state.beginPlan(main, ['redis'], whole('', 3))
    await state.forgetPlans(main, ['redis'], 3)
    expect([...(await state.planBases(main)).keys()]).toEqual(['mongo'])
    await state.beginPlan(main, ['redis'], whole('', 5))
    await state.beginPlan(main, ['redis'], whole('c2', 7))
    await state.forgetPlans(main, ['redis'], 5)
    expect((await state.planBases(main)).get('redis')).toMatchObject({ begun: 7, pending: { c2: 7 } })
  })

  it('that began before their ref was gone are told of it, until it comes back', async () => {
    await state.beginPlan(main, ['redis'], whole('c1', 1))
    expect(await state.departedSince(main, 1)).toBe(false)
    await state.beginPlan(main, ['redis'], whole('', 3))
    await state.forgetPlans(main, ['redis'], 3)
    expect([await state.departedSince(main, 1), await state.departedSince(main, 3)]).toEqual([true, false])
    await state.beginPlan(main, ['redis'], whole('c1', 5))
    expect(await state.departedSince(main, 1)).toBe(false)
  })
})
