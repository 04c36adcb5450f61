import type { SourceAt, State } from './contract.js'
import type { Store } from './stored.js'

/**
 * Decision 001: a pair, the second of which is kept for the undo of the first; never below two for each millisecond of the clock, so that a counter that Redis
 * has lost the end of does not give once more what it gave before.
 */
const TAKE_PAIR = `
local time = redis.call('TIME')
local clock = 2 * (tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
local counter = math.max(tonumber(redis.call('GET', KEYS[1])) or 0, tonumber(ARGV[1]), clock) + 2
redis.call('SET', KEYS[1], string.format('%.0f', counter))
return counter - 1`

/**
 * The counter of a repository's generations: one for all its destinations, so that it can be taken before the head says which these are. Each destination
 * still sees only growing numbers.
 */
export function counterOf(source: string): SourceAt {
  return { datasource: '*', location: '*', source }
}

/** The counters that generations are taken from. */
export function generations({ redis, keys }: Store): Pick<State, 'takeGeneration' | 'generation'> {
  return {
    takeGeneration: async (at, atLeast) => Number(await redis.eval(TAKE_PAIR, 1, keys.generation(at), atLeast)),
    async generation(at) {
      const counter = await redis.get(keys.generation(at))
      return counter === null ? undefined : Number(counter)
    },
  }
}
