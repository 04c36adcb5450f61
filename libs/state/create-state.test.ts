import type { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { sampleTarget } from '../../test/support/samples.js'
import { withTestState } from '../../test/support/test-state.js'
import { type ChangeSet, type Claim, createState, type HistoryEntry, type SourceAt, type State, type StateProblem, type Target } from './index.js'

let redis: Redis
let state: State
let problems: StateProblem[]

withTestState((testState) => {
  redis = testState.redis
  problems = []
  state = testState.fresh((problem) => problems.push(problem))
})
afterEach(async () => {
  await redis.flushdb()
})

const at: SourceAt = { datasource: 'redis', location: 'prod/app: é', source: 'github/acme/app' }

function targetAt(location: string, datasource = 'redis'): Target {
  return { ...sampleTarget, datasource, location, generation: 1 }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

function claim(source: string, digest = 'd'): Claim {
  return { source, ref: 'refs/heads/main', environment: 'production', digest }
}

function by(source: string): SourceAt {
  return { ...at, source }
}

function entry(generation: number): HistoryEntry {
  return { generation, commit: 'c', digest: 'd', changeSet: 's', put: 1, deleted: 0, at: 'now' }
}

function changeSetOf(id: string, targets: Target[], createdAt = new Date().toISOString()): ChangeSet {
  return {
    id,
    correlation: 'c',
    cause: 'webhook',
    platform: 'github',
    repo: 'acme/app',
    ref: 'refs/heads/main',
    createdAt,
    state: 'planned',
    targets,
  }
}

describe('releases and ledgers', () => {
  it('come back byte for byte, and expire within a week', async () => {
    const frame = Buffer.from('VTF1'.repeat(10_000))
    await state.putRelease('d1', frame)
    await state.putRelease('d1', frame)
    expect(await state.release('d1')).toEqual(frame)
    const [key] = await redis.keys('*release*')
    expect(await redis.strlen(key as string)).toBeLessThan(frame.length / 10)
    expect(await redis.ttl(key as string)).toBeGreaterThan(6 * 24 * 3600)
    expect(await state.release('d2')).toBeUndefined()
  })

  it('count as absent, and are told, when the bytes are not ours', async () => {
    await state.putRelease('d1', Buffer.from('x'))
    const [key] = await redis.keys('*release*')
    await redis.set(key as string, 'rubbish')
    expect(await state.release('d1')).toBeUndefined()
    expect(problems).toMatchObject([{ what: 'release' }])
  })

  it('give a ledger only for the journal it belongs to', async () => {
    await state.putLedger(at, 7, Buffer.from('ledger'))
    expect(await state.ledger(at, 7)).toEqual(Buffer.from('ledger'))
    expect(await state.ledger(at, 8)).toBeUndefined()
    await state.removeTarget({ ...at, generation: 7 })
    expect(await state.ledger(at, 7)).toBeUndefined()
  })
})

describe('change sets', () => {
  it('come back whole with their targets in order, newest first', async () => {
    const many = Array.from({ length: 1200 }, (_, i) => targetAt(`place-${i}`))
    const older = changeSetOf('older', many, '2026-01-01T00:00:00.000Z')
    const newer = changeSetOf('newer', [targetAt('a')])
    await redis.zadd('unrelated', 1, 'x')
    await state.putChangeSet(older)
    await state.putChangeSet(newer)
    expect(await state.changeSet('older')).toEqual(older)
    expect((await state.changeSets(10)).map((one) => one.id)).toEqual(['newer'])
    expect(await state.changeSetTarget('older', 1199)).toMatchObject({ changeSet: { id: 'older' }, target: { location: 'place-1199' } })
    expect(await state.changeSetTarget('older', 1200)).toBeUndefined()
    expect(await state.changeSet('nobody')).toBeUndefined()
  })

  it('are listed from the newest on, up to the limit', async () => {
    const start = Date.now() - 10_000
    for (let i = 0; i < 5; i++) await state.putChangeSet(changeSetOf(`c${i}`, [], new Date(start + i).toISOString()))
    expect((await state.changeSets(2)).map((one) => one.id)).toEqual(['c4', 'c3'])
  })

  it('count as absent when a target of theirs was lost or spoilt', async () => {
    await state.putChangeSet(changeSetOf('c', [targetAt('a'), targetAt('b')]))
    const [key] = await redis.keys('*change-set-targets*')
    await redis.hset(key as string, '1', '{"datasource":1}')
    expect(await state.changeSet('c')).toBeUndefined()
    expect(problems[0]?.what).toBe('target')
    await redis.hdel(key as string, '1')
    expect(await state.changeSet('c')).toBeUndefined()
  })

  it('keep the last outcome of each target', async () => {
    const outcome = { put: 1, deleted: 0, kept: 0, at: 'now' }
    await state.putOutcome('c', 1, { ...outcome, state: 'failed' })
    await state.putOutcome('c', 1, { ...outcome, state: 'written' })
    await state.putOutcome('c', 0, { ...outcome, state: 'unchanged' })
    const outcomes = await state.outcomes('c')
    expect([outcomes.get(0)?.state, outcomes.get(1)?.state, outcomes.size]).toEqual(['unchanged', 'written', 2])
  })
})

describe('claims', () => {
  it('show the second of two sources the first, and never itself', async () => {
    expect(await state.claim(by('a'), claim('a'))).toEqual([])
    expect(await state.claim(by('b'), claim('b'))).toMatchObject([{ source: 'a' }])
    expect((await state.claim(by('a'), claim('a', 'd2'))).map((one) => `${one.source} ${one.digest}`)).toEqual(['a d', 'b d'])
    expect((await state.claims(at.datasource, at.location)).map((one) => one.source)).toEqual(['b', 'a'])
  })

  it('never let two sources that claim at once both come first', async () => {
    const sources = Array.from({ length: 20 }, (_, i) => `s${i}`)
    const seen = await Promise.all(sources.map((source) => state.claim(by(source), claim(source))))
    expect(seen.map((others) => others.length).toSorted((a, b) => a - b)).toEqual(sources.map((_, i) => i))
  })

  it('go back to what they replaced, or end', async () => {
    await state.claim(by('a'), claim('a', 'old'))
    const [before] = await state.claims(at.datasource, at.location)
    await state.claim(by('a'), { ...claim('a', 'new'), generation: 3 })
    await state.restoreClaim(by('a'), 3, before)
    expect(await state.claims(at.datasource, at.location)).toEqual([before])
    await state.claim(by('a'), { ...claim('a', 'newer'), generation: 5 })
    await state.restoreClaim(by('a'), 5, undefined)
    expect(await state.claims(at.datasource, at.location)).toEqual([])
    await state.claim(by('b'), claim('b'))
    await state.releaseClaim(by('b'), 1)
    expect(await state.claims(at.datasource, at.location)).toEqual([])
  })

  it('stay when a plan that was overtaken takes its own back, and do not come back when they were released', async () => {
    await state.claim(by('a'), { ...claim('a', 'old'), generation: 1 })
    const [before] = await state.claim(by('a'), { ...claim('a', 'refused'), generation: 3 })
    await state.claim(by('a'), { ...claim('a', 'newer'), generation: 5 })
    await state.restoreClaim(by('a'), 3, before)
    await state.restoreClaim(by('a'), 3, undefined)
    expect(await state.claims(at.datasource, at.location)).toMatchObject([{ digest: 'newer', generation: 5 }])
    await state.releaseClaim(by('a'), 3)
    expect(await state.claims(at.datasource, at.location)).toMatchObject([{ digest: 'newer', generation: 5 }])
    await state.releaseClaim(by('a'), 5)
    await state.restoreClaim(by('a'), 5, before)
    expect(await state.claims(at.datasource, at.location)).toEqual([])
  })

  it('keep their turn when they go back to what the destination holds', async () => {
    await state.claim(by('a'), { ...claim('a', 'failed'), generation: 1 })
    await state.claim(by('b'), { ...claim('b'), generation: 1 })
    await state.restoreClaim(by('a'), 1, claim('a', 'there'))
    expect((await state.claims(at.datasource, at.location)).map((one) => `${one.source} ${one.digest} ${one.order}`)).toEqual(['a there 1', 'b d 2'])
  })
})

describe('live targets', () => {
  it('are found one by one and by datasource, thousands of them by cursor', async () => {
    for (let i = 0; i < 1500; i++) await state.putTarget(targetAt(`place-${i}`))
    await state.putTarget(targetAt('elsewhere', 'mongo'))
    const found = new Set<string>()
    for await (const target of state.targets('redis')) found.add(target.location)
    expect(found.size).toBe(1500)
    expect(await state.target({ ...at, location: 'place-7' })).toMatchObject({ location: 'place-7' })
    await state.removeTarget({ ...at, location: 'place-7', generation: targetAt('place-7').generation })
    expect(await state.target({ ...at, location: 'place-7' })).toBeUndefined()
  })

  it('stay as the latest generation left them, whatever an earlier one says when it is free again', async () => {
    const at7 = { ...targetAt('there'), generation: 7 }
    await state.putTarget(at7)
    await state.putTarget({ ...at7, generation: 5, commit: 'stale' })
    await state.removeTarget({ ...at7, generation: 5 })
    expect(await state.target(at7)).toEqual(at7)
    await state.putTarget({ ...at7, selfHeal: false })
    expect(await state.target(at7)).toMatchObject({ generation: 7, selfHeal: false })
    await state.removeTarget({ ...at7, generation: 9 })
    expect(await state.target(at7)).toBeUndefined()
  })

  it('do not come back by what an earlier generation says after a later one has removed them', async () => {
    const at5 = { ...targetAt('there'), generation: 5 }
    await state.putTarget(at5)
    await state.removeTarget({ ...at5, generation: 7 })
    await state.putTarget({ ...at5, selfHeal: false })
    await state.putStatus(at5, { state: 'in_sync', generation: 5 })
    expect([await state.target(at5), await state.status(at5)]).toEqual([undefined, undefined])
    await state.putTarget({ ...at5, generation: 9 })
    expect(await state.target(at5)).toMatchObject({ generation: 9 })
  })

  it('tell of a forged one and go on with the others', async () => {
    await state.putTarget(targetAt('good'))
    const [key] = await redis.keys('*targets*')
    await redis.hset(key as string, 'x', 'not json')
    const found = await collect(state.targets('redis'))
    expect(found.map((target) => target.location)).toEqual(['good'])
    expect(problems).toHaveLength(1)
  })

  it('have a status and the last hundred writes, each once', async () => {
    await state.putStatus(at, { state: 'drifted', drift: { changed: 1, missing: 0, extra: 0 } })
    expect(await state.status(at)).toMatchObject({ state: 'drifted' })
    await state.putStatus(at, { state: 'in_sync', generation: 7 })
    await state.putStatus(at, { state: 'degraded', generation: 5 })
    await state.putStatus(at, { state: 'drifted' })
    expect(await state.status(at)).toEqual({ state: 'in_sync', generation: 7 })
    for (let i = 1; i <= 120; i++) await state.addHistory(at, entry(i))
    await state.addHistory(at, { ...entry(120), put: 9 })
    const history = await state.history(at)
    expect(history).toHaveLength(100)
    expect(history[0]).toMatchObject({ generation: 120, put: 9 })
    expect(history[99]).toMatchObject({ generation: 21 })
  })
})

describe('a Redis that is away', () => {
  it('is told as something that passes, so that the job is tried again', async () => {
    const gone = redis.duplicate({ lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 1 })
    const cut = createState(gone, { prefix: '{away}', onProblem: () => undefined })
    const passing = { code: 'state.unavailable', disposition: { kind: 'retry' }, status: 503 }
    await expect(cut.takeGeneration(at, 0)).rejects.toMatchObject(passing)
    await expect(cut.release('d')).rejects.toMatchObject(passing)
    await expect(cut.putChangeSet(changeSetOf('c', []))).rejects.toMatchObject(passing)
    await expect(collect(cut.targets('redis'))).rejects.toMatchObject(passing)
    gone.disconnect()
  })

  it('is not blamed for what the reader of a scan throws', async () => {
    await state.putTarget(targetAt('a'))
    const reading = async () => {
      for await (const target of state.targets('redis')) throw new Error(`broken at ${target.location}`)
    }
    await expect(reading()).rejects.toThrow('broken at a')
  })
})
