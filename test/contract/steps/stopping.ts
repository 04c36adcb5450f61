import { expect } from 'vitest'
import type { Ground, Held } from './ground.js'
import type { Scenario } from './scenarios.js'
import type { Step, Stop } from './step-proxy.js'

/**
 * Which stopping points of a scenario are tried: `every` step, or those that are `changing` something. Reading leaves the store as it is, so that whoever
 * dies after it leaves what the step before left. A number: of the latter every so many-th.
 */
export type Tried = 'every' | 'changing' | number

/** Cases of one scenario side by side: some wait for a turn that a dead writer holds. */
const AT_ONCE = 8

/** Has a writer die at the stopping points of a scenario, each time at a place of its own: before the first step, and when a step's answer comes to nobody. */
export async function eachDeath(ground: Ground, scenario: Scenario, tried: Tried, look: (location: string) => Promise<void>): Promise<void> {
  const { prepare, stepsOf } = ground
  const steps = await stepsOf(await prepare(scenario), scenario.work)
  const points = chosen(steps, tried).map((step): Stop => ({ step, after: 'sent' }))
  const between = tried === 'every' ? steps.slice(1).map(({ number }): Stop => ({ step: number - 1, after: 'answered' })) : []
  await sideBySide([{ step: 0, after: 'answered' } as const, ...between, ...points], async (stop) => {
    const location = await prepare(scenario)
    await stepsOf(location, scenario.work, stop)
    await told(`Dead at step ${stop.step} (${stop.after}) of ${steps.length}`, () => look(location))
  })
}

/** Has a writer stand still before steps of a scenario, each time at a place of its own. */
export async function eachHold(
  { holdsBefore, prepare, stepsOf }: Ground,
  scenario: Scenario,
  tried: Tried,
  look: (location: string, held: Held) => Promise<void>,
): Promise<void> {
  const steps = await stepsOf(await prepare(scenario), scenario.work)
  await sideBySide(chosen(steps, tried), async (step) => {
    const location = await prepare(scenario)
    await using held = await holdsBefore(location, scenario.work, step)
    await told(`Held before step ${step} of ${steps.length}`, () => look(location, held))
  })
}

function chosen(steps: readonly Step[], tried: Tried): number[] {
  const changing = steps.filter(({ isChange }) => isChange)
  expect(changing.length).toBeGreaterThan(0)
  if (tried === 'every') return steps.map(({ number }) => number)
  const each = tried === 'changing' ? 1 : tried
  return changing.filter((_, index) => (changing.length - 1 - index) % each === 0).map(({ number }) => number)
}

async function told(where: string, look: () => Promise<void>): Promise<void> {
  await look().catch((cause: unknown) => {
    throw new Error(`${where}: ${String(cause)}`, { cause })
  })
}

async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}
