import { expect } from 'vitest'
import type { Ground } from './ground.js'
import { mixtures } from './looks.js'
import type { Snapshot } from './reader.js'
import { OTHERS, type Scenario } from './scenarios.js'

/** Who can come while a writer stands still. */
export type Successor = 'the same again' | 'a newer push' | 'a revert' | 'an undo' | 'another source'

/** A successor has been there. */
export interface Been {
  /** What a reader may see from then on. */
  readonly states: readonly Snapshot[]
  /** Looks at what is there once the one that stood still has ended. @param ended how; undefined: it has died */
  readonly look: (ended: string | undefined) => Promise<void>
}

/** Prepares what to compare with, once for a scenario. @returns how the successor comes to a place */
export async function successorOf(name: Successor, ground: Ground, scenario: Scenario): Promise<(location: string) => Promise<Been>> {
  if (name === 'the same again') return sameAgain(ground, scenario)
  if (name === 'an undo') return (location) => undo(ground, scenario, location)
  if (name === 'another source') return (location) => anotherSource(ground, scenario, location)
  return newer(name === 'a newer push' ? 'newer' : 'revert', ground, scenario)
}

async function sameAgain(ground: Ground, scenario: Scenario) {
  const { changesOf, does, prepare, standing } = ground
  const reference = await prepare(scenario)
  await does(reference, scenario.work)
  const expected = await standing(reference)
  return async (location: string): Promise<Been> => {
    await does(location, scenario.work)
    const look = async () => {
      expect(await standing(location)).toEqual(expected)
      expect(await changesOf(location, scenario.work)).toBe(0)
      await isUndone(ground, scenario, location)
    }
    return { states: [scenario.to], look }
  }
}

/** The place may have been as it was before the work or as it was after it when the newer release came. */
async function newer(which: 'newer' | 'revert', { changesOf, does, live, prepare, standing }: Ground, scenario: Scenario) {
  const { from, to, work } = scenario
  const successor = scenario.successors[which]
  const [fromStart, fromEnd] = [await prepare(scenario), await prepare(scenario)]
  await does(fromEnd, work)
  for (const location of [fromStart, fromEnd]) await does(location, successor)
  const states = [await live(fromStart), await live(fromEnd)]
  return async (location: string): Promise<Been> => {
    const [before] = (await standing(location)).heads
    await does(location, successor)
    const settled = await standing(location)
    expect(mixtures([settled.live], states)).toEqual([])
    expect(settled.state).toBe('in_sync')
    const look = async (ended: string | undefined) => {
      expect(await standing(location)).toEqual(settled)
      if (before?.generation !== work.generation) expect(ended).not.toBe('written')
      expect(await changesOf(location, successor)).toBe(0)
      await does(location, { ...successor, kind: 'restore' })
      expect(mixtures([await live(location)], [...states, from, to])).toEqual([])
    }
    return { states: [settled.live], look }
  }
}

async function undo({ does, standing }: Ground, { from, work }: Scenario, location: string): Promise<Been> {
  await does(location, { ...work, kind: 'restore' })
  const settled = await standing(location)
  expect(settled.live).toEqual(from)
  return { states: [from], look: async () => expect(await standing(location)).toEqual(settled) }
}

/** Its values and those of the one that stood still are there in the end, whoever was quicker. */
async function anotherSource({ does, live, standing }: Ground, { from, to, work }: Scenario, location: string): Promise<Been> {
  const other = { ...work, kind: 'apply', source: 'github/acme/other', json: JSON.stringify(OTHERS) } as const
  await does(location, other)
  const [whenFrom, whenTo] = [
    { ...from, ...OTHERS },
    { ...to, ...OTHERS },
  ]
  const look = async () => {
    await does(location, work)
    expect(await live(location)).toEqual(whenTo)
    expect((await standing(location)).state).toBe('in_sync')
  }
  return { states: [whenFrom, whenTo], look }
}

/** Undoing the work of a scenario brings back what it replaced. */
export async function isUndone({ does, standing }: Ground, { from, work }: Scenario, location: string): Promise<void> {
  if (work.kind === 'restore') return
  expect(await does(location, { ...work, kind: 'restore' })).toMatch(/^(restored|nothing)$/)
  const { heads, live, state } = await standing(location)
  expect(live).toEqual(from)
  // Where there was nothing before, there is no journal that drift could be told by.
  expect(state).toBe(heads.some((head) => head.entries > 0 || head.journal === head.generation) ? 'in_sync' : 'lost')
}
