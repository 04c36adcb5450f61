import type { Trial } from './laws.js'
import { type Scenario, scenarios } from './scenarios.js'
import type { Tried } from './stopping.js'

const { first, update, prune, move, restore } = scenarios(10)

/** Where writers are stopped. */
export interface Where {
  /** In an update that prunes, which has the steps of all others. */
  readonly update: Tried
  /** In an update that prunes, while somebody newer comes. A writer that goes on can be misled by each of its readings. */
  readonly overtaken: Tried
  /** In an update that prunes, while somebody else comes. */
  readonly met: Tried
  /** In everything else that happens to a place. */
  readonly elsewhere: Tried
}

/** Everything that can happen to a place, and everybody who can come meanwhile. */
export function allSteps(where: Where): Trial[] {
  const { met, overtaken } = where
  const others = { 'the same again': met, 'a revert': met, 'an undo': met, 'another source': met } as const
  const full: Trial = { scenario: prune, deaths: where.update, holds: { 'a newer push': overtaken, ...others }, lates: newer(met) }
  return [full, ...[first, update, move, restore].map((scenario) => ({ ...fewSteps(scenario, where.elsewhere), lates: {} }))]
}

/** What is tried where a layout writes in the steps of another, and with more or larger values. */
export function fewSteps(scenario: Scenario, tried: Tried): Trial {
  return { scenario, deaths: tried, holds: newer(tried), lates: newer(tried) }
}

function newer(tried: Tried): Trial['holds'] {
  return { 'a newer push': tried }
}
