import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../store.js'
import { type Ground, openGround } from './ground.js'
import type { Reader, Snapshot } from './reader.js'
import { type Scenario, successors } from './scenarios.js'
import type { Stop } from './step-proxy.js'

/** Between two looks of a reader. */
const BETWEEN_LOOKS_MS = 5
/** Cases of one scenario side by side: some wait for a turn that a dead writer holds. */
const AT_ONCE = 8

/** Which deaths are tried. A step whose answer comes to nobody is done all the same, or is being done while the successor begins. */
export interface Deaths {
  readonly scenario: Scenario
  readonly after: readonly Stop['after'][]
  readonly overtakenBy: readonly ('newer' | 'revert')[]
}

/** A writer that dies between any two messages to its store: who comes after makes it good, and no application saw half of it. */
export function stepLaws(start: () => Promise<Store>, deaths: readonly Deaths[]): void {
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround(start)
  })
  afterAll(() => ground?.[Symbol.asyncDispose]())

  describe.each(deaths)('whoever dies in $scenario.name with values of $scenario.bytes bytes', (tried) => {
    const { scenario } = tried

    it('has a successor who leaves what a writer that lives would have left, and no reader sees a mixture', async () => {
      const { does, live, prepare, reader, standing } = ground
      const reference = await prepare(scenario)
      await does(reference, scenario.work)
      const expected = await standing(reference)
      expect(expected.live).toEqual(scenario.to)
      await eachDeath(ground, tried, async (location) => {
        const seen = [await reader.read(location)]
        const watching = watch(reader, location)
        await does(location, scenario.work)
        seen.push(...(await watching.stop()), await reader.read(location))
        expect(mixtures(seen, [scenario.from, scenario.to])).toEqual([])
        expect(seen.at(-1)).toEqual(scenario.to)
        expect(await standing(location)).toEqual(expected)
        if (scenario.work.kind === 'restore') return
        expect(await does(location, { ...scenario.work, kind: 'restore' })).toBe('restored')
        expect(await live(location)).toEqual(scenario.from)
      })
    })

    it.each(tried.overtakenBy)('is overtaken by a push (%s) that nothing of it outlives, not even when that is undone', async (which) => {
      const { does, live, prepare, reader, standing } = ground
      const successor = successors(scenario)[which]
      const [fromStart, fromEnd] = [await prepare(scenario), await prepare(scenario)]
      await does(fromEnd, scenario.work)
      for (const location of [fromStart, fromEnd]) await does(location, successor)
      const expected = [await live(fromStart), await live(fromEnd)]
      await eachDeath(ground, tried, async (location) => {
        await does(location, successor)
        const seen = [await live(location), (await reader.read(location)) ?? { unfinished: 'business' }]
        expect(mixtures(seen, expected)).toEqual([])
        expect((await standing(location)).state).toBe('in_sync')
        await does(location, { ...successor, kind: 'restore' })
        expect(mixtures([await live(location)], [...expected, scenario.from, scenario.to])).toEqual([])
      })
    })
  })
}

/** Has a writer die at every step of the scenario, each time at a place of its own. */
async function eachDeath({ prepare, diesAt }: Ground, { scenario, after }: Deaths, look: (location: string) => Promise<void>): Promise<void> {
  const steps = await diesAt(await prepare(scenario), scenario.work)
  expect(steps).toBeGreaterThan(2)
  const stops = Array.from({ length: steps }, (_, index) => after.map((which) => ({ step: index + 1, after: which }))).flat()
  await sideBySide(stops, async (stop) => {
    const location = await prepare(scenario)
    await diesAt(location, scenario.work, stop)
    await look(location).catch((cause: unknown) => {
      throw new Error(`Dead at step ${stop.step} (${stop.after}) of ${steps}: ${String(cause)}`, { cause })
    })
  })
}

/** Everything seen that is none of the states. */
function mixtures(seen: readonly (Snapshot | undefined)[], states: readonly Snapshot[]): Snapshot[] {
  const known = new Set(states.map(inOrder))
  return seen.filter((snapshot) => snapshot !== undefined).filter((snapshot) => !known.has(inOrder(snapshot)))
}

function inOrder(snapshot: Snapshot): string {
  return JSON.stringify(Object.entries(snapshot).toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

/** Reads again and again until stopped. */
function watch(reader: Reader, location: string): { stop(): Promise<(Snapshot | undefined)[]> } {
  const seen: (Snapshot | undefined)[] = []
  const stopping = new AbortController()
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      seen.push(await reader.read(location))
      await pause(BETWEEN_LOOKS_MS)
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await watching
      return seen
    },
  }
}

async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}
