import { EventEmitter, once } from 'node:events'
import { loadCore } from '@vartrack/core'
import { type Claim, counterOf, type State } from '@vartrack/state'
import { describe, expect, it } from 'vitest'
import { releaseOf } from '../../test/contract/releases.js'
import { withTestState } from '../../test/support/test-state.js'
import { claimKeys, compareKeys, type Wish } from './claims.js'
import type { PlannerContext } from './context.js'

const core = loadCore()
const { signal } = new AbortController()
const MAIN = 'refs/heads/main'
const FEATURE = 'refs/heads/feature'

let state: State
withTestState((testState) => {
  state = testState.fresh()
})

/** A planner, one call of whose state can be held up. */
function planner(slow: Partial<State> = {}): PlannerContext {
  return { state: { ...state, ...slow }, core } as unknown as PlannerContext
}

/** Lets the claims that are put back wait. @returns that call, when it was asked for, and what lets it go on */
function heldPutBack() {
  const events = new EventEmitter()
  const [asked, goneOn] = [once(events, 'asked'), once(events, 'goes on')]
  const slow: State['restoreClaim'] = async (...parameters) => {
    events.emit('asked')
    await goneOn
    return state.restoreClaim(...parameters)
  }
  return { slow, asked, letOn: () => events.emit('goes on') }
}

async function wishOf(repo: string, generation: number, json: string, ref = MAIN): Promise<Wish> {
  const release = await releaseOf(core, json)
  await state.putRelease(release.digest, release.frame)
  const at = { datasource: 'redis', location: 'production', source: `github/acme/${repo}`, generation }
  return { at, ref, destination: { environment: 'production' } as Wish['destination'], release }
}

async function claimed(): Promise<Pick<Claim, 'source' | 'ref' | 'digest'>[]> {
  return (await state.claims('redis', 'production')).map(({ source, ref, digest }) => ({ source, ref, digest }))
}

const codeOf = (claiming: Promise<unknown>) => claiming.then(() => 'claimed').catch(({ code }: { code: string }) => code)

describe('the claim of a source', () => {
  it('is not lost to another of its refs that is refused meanwhile, nor is a push to its own ref refused for that', async () => {
    await claimKeys(planner(), await wishOf('app', 1, '{"a":"1"}'), signal)
    const { slow, asked, letOn } = heldPutBack()
    const refused = codeOf(claimKeys(planner({ restoreClaim: slow }), await wishOf('app', 3, '{"b":"1"}', FEATURE), signal))
    await Promise.race([asked, refused])
    const pushed = await wishOf('app', 5, '{"a":"2"}')
    expect(await codeOf(claimKeys(planner(), pushed, signal))).toBe('claimed')
    letOn()
    expect(await refused).toBe('claim.second_ref')
    expect(await claimed()).toEqual([{ source: pushed.at.source, ref: MAIN, digest: pushed.release.digest }])
  })

  it('stays that of the newest plan when an older one is slow, and that one is planned again above it', async () => {
    const newer = await wishOf('app', 20_001, '{"a":"2"}')
    await claimKeys(planner(), newer, signal)
    expect(await codeOf(claimKeys(planner(), await wishOf('app', 3, '{"b":"1"}'), signal))).toBe('plan.overtaken')
    expect(await claimed()).toEqual([{ source: newer.at.source, ref: MAIN, digest: newer.release.digest }])
    expect(await state.takeGeneration(counterOf(newer.at.source), 0)).toBeGreaterThan(20_001)
  })

  it('is what it was after two plans of it were refused side by side', async () => {
    const [owner, mine] = [await wishOf('owner', 1, '{"theirs":"1"}'), await wishOf('app', 1, '{"a":"1"}')]
    for (const wish of [owner, mine]) await claimKeys(planner(), wish, signal)
    const before = await claimed()
    const theirs = ['{"theirs":"2"}', '{"theirs":"3"}']
    const refused = theirs.map((json, index) => {
      const putBack = heldPutBack()
      const ended = wishOf('app', 3 + 2 * index, json).then((wish) => codeOf(claimKeys(planner({ restoreClaim: putBack.slow }), wish, signal)))
      return { ...putBack, ended }
    })
    for (const { asked, ended } of refused) await Promise.race([asked, ended])
    for (const { letOn, ended } of refused) {
      letOn()
      expect(await ended).toBe('claim.conflict')
    }
    expect(await claimed()).toEqual(before)
  })

  it('holds nothing more than before when its planner dies while it is refused', async () => {
    const [owner, mine] = [await wishOf('owner', 1, '{"theirs":"1"}'), await wishOf('app', 1, '{"a":"1"}')]
    for (const wish of [owner, mine]) await claimKeys(planner(), wish, signal)
    const before = await claimed()
    const dies = { restoreClaim: () => Promise.reject(new Error('killed')) }
    await codeOf(claimKeys(planner(dies), await wishOf('app', 3, '{"theirs":"2"}'), signal))
    expect(await codeOf(claimKeys(planner(), await wishOf('app', 5, '{"theirs":"2"}'), signal))).toBe('claim.conflict')
    expect(await claimed()).toEqual(before)
  })

  it('goes to one of two sources that want a key at once', async () => {
    const wishes = await Promise.all(['one', 'two'].map((repo) => wishOf(repo, 1, '{"a":"1"}')))
    const ends = await Promise.all(wishes.map((wish) => codeOf(claimKeys(planner(), wish, signal))))
    expect(ends.toSorted()).toEqual(['claim.conflict', 'claimed'])
    expect(await claimed()).toHaveLength(1)
  })

  it('that a destination gives back after a loss takes no claim away that was made meanwhile', async () => {
    const pushed = await wishOf('app', 7, '{"a":"2"}')
    await claimKeys(planner(), pushed, signal)
    await state.claim(pushed.at, { source: pushed.at.source, ref: MAIN, environment: 'production', digest: 'before' })
    expect(await claimed()).toEqual([{ source: pushed.at.source, ref: MAIN, digest: pushed.release.digest }])
  })
})

describe('a plan that only looks', () => {
  it('is refused what it would be refused, and claims nothing', async () => {
    await claimKeys(planner(), await wishOf('app', 1, '{"a":"1"}'), signal)
    const before = await claimed()
    const compared = async (wish: Wish) => codeOf(compareKeys(planner(), wish, signal))
    expect(await compared(await wishOf('other', 1, '{"a":"2"}'))).toBe('claim.conflict')
    expect(await compared(await wishOf('app', 3, '{"a":"2"}', FEATURE))).toBe('claim.second_ref')
    const pullRequest = await wishOf('app', 3, '{"a":"2"}', FEATURE)
    expect(await compared({ ...pullRequest, destination: { ...pullRequest.destination, planOnly: true } })).toBe('claimed')
    expect(await compared(await wishOf('other', 1, '{"b":"2"}'))).toBe('claimed')
    expect(await claimed()).toEqual(before)
  })
})
