import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../store.js'
import { type Ground, openGround } from './ground.js'
import { mixtures, watch } from './looks.js'
import type { Scenario } from './scenarios.js'
import { eachDeath, eachHold, type Tried } from './stopping.js'
import { isUndone, type Successor, successorOf } from './successors.js'

/** A scenario, and what is tried with it. */
export interface Trial {
  readonly scenario: Scenario
  /** Where writers die. */
  readonly deaths: Tried
  /** Where writers stand still, and who comes meanwhile. */
  readonly holds: Readonly<Partial<Record<Successor, Tried>>>
  /** Where writers die whose last message is still on its way when somebody comes, and who. */
  readonly lates: Readonly<Partial<Record<Successor, Tried>>>
}

/**
 * A writer that is stopped between any two messages to its store: who comes after makes it good, what comes late changes nothing, and no application has
 * seen half of it.
 */
export function stepLaws(start: () => Promise<Store>, trials: readonly Trial[]): void {
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround(start, Math.max(...trials.map(({ scenario }) => scenario.size.width)))
  })
  afterAll(() => ground?.[Symbol.asyncDispose]())

  describe.each(trials)('whoever writes in $scenario.name', ({ scenario, deaths, holds, lates }) => {
    const { from, to, work } = scenario

    it('and dies has a successor who leaves what a writer that lives would have left, and no reader sees a mixture', async () => {
      const { does, prepare, reader, standing } = ground
      const reference = await prepare(scenario)
      await does(reference, work)
      const expected = await standing(reference)
      expect(expected.live).toEqual(to)
      await eachDeath(ground, scenario, deaths, async (location) => {
        await using watching = watch(reader, location)
        await does(location, work)
        const seen = await watching.stop()
        expect(mixtures(seen, [from, to])).toEqual([])
        expect(seen.at(-1)).toEqual(to)
        expect(await standing(location)).toEqual(expected)
        expect(await ground.changesOf(location, work)).toBe(0)
      })
    })

    it.runIf(work.kind === 'apply')('and dies is undone, and everything is as it was', async () => {
      await eachDeath(ground, scenario, deaths, async (location) => {
        await using watching = watch(ground.reader, location)
        await isUndone(ground, scenario, location)
        const seen = await watching.stop()
        expect(mixtures(seen, [from, to])).toEqual([])
        expect(seen.at(-1)).toEqual(from)
        expect(await ground.changesOf(location, { ...work, kind: 'restore' })).toBe(0)
      })
    })

    it.each(pairsOf(holds))('and stands still while %s comes goes on and changes nothing of it', (name, tried) =>
      expectNothingChanged(name, tried, true),
    )

    it.each(pairsOf(lates))('and dies changes nothing by what arrives after %s', (name, tried) => expectNothingChanged(name, tried, false))

    async function expectNothingChanged(name: Successor, tried: Tried, livesOn: boolean): Promise<void> {
      const { reader, store } = ground
      const comes = await successorOf(name, ground, scenario)
      await eachHold(ground, scenario, tried, async (location, held) => {
        const still = [await reader.read(location)]
        if (store.sink.traits.atomic === 'destination' && !scenario.isLarge) still.push(await reader.readValues(location))
        expect(mixtures(still, [from, to])).toEqual([])
        const { states, look } = await comes(location)
        await using watching = watch(reader, location)
        const ended = await (livesOn ? held.letOn() : held.deliverLate())
        const seen = await watching.stop()
        expect(mixtures(seen, states)).toEqual([])
        await look(ended ?? undefined)
      })
    }
  })
}

function pairsOf(tried: Readonly<Partial<Record<Successor, Tried>>>): [Successor, Tried][] {
  return Object.entries(tried) as [Successor, Tried][]
}
