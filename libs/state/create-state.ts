import type { Redis } from 'ioredis'
import { changeSets } from './change-sets.js'
import { claims } from './claims.js'
import type { State } from './contract.js'
import { generations } from './generations.js'
import { stateKeys } from './keys.js'
import { plans } from './plans.js'
import { refs } from './refs.js'
import { registries } from './registries.js'
import { releases } from './releases.js'
import type { StateProblem, Store } from './stored.js'
import { targets } from './targets.js'
import { tellUnavailable } from './unavailable.js'

/** Where the state lies, and who hears of what cannot be read there. */
export interface StateOptions {
  /** Before every key; `{name}` keeps all keys in one slot of a cluster. */
  readonly prefix: string
  /** Hears of stored state that could not be used and was treated as absent. */
  readonly onProblem: (problem: StateProblem) => void
}

/**
 * The state in Redis. Every method throws `state.unavailable` (retry, status 503) while Redis is away.
 * @param redis an open connection that fails fast; it stays the caller's to close
 */
export function createState(redis: Redis, { prefix, onProblem }: StateOptions): State {
  const store: Store = { redis, keys: stateKeys(prefix), onProblem }
  return tellUnavailable({
    ...generations(store),
    ...releases(store),
    ...changeSets(store),
    ...claims(store),
    ...targets(store),
    ...refs(store),
    ...registries(store),
    ...plans(store),
  })
}
