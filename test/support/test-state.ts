import { randomUUID } from 'node:crypto'
import { createState, type State, type StateProblem } from '@vartrack/state'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { redisDatabase } from '../servers/shared.js'

/** Redis as one test file sees it: a database that no other has, and the state in it. */
export interface TestState extends AsyncDisposable {
  readonly redis: Redis
  /**
   * The state under a prefix of its own: nothing is in it.
   * @param onProblem told of stored state that cannot be used; without it such state fails the test
   */
  fresh(onProblem?: (problem: StateProblem) => void): State
}

/** Opens the state of a test file. FLUSHDB empties it; FLUSHALL would empty that of others, too. */
export async function openTestState(): Promise<TestState> {
  const redis = new Redis(await redisDatabase())
  return {
    redis,
    fresh: (onProblem = refuse) => createState(redis, { prefix: `{${randomUUID()}}`, onProblem }),
    [Symbol.asyncDispose]: async () => redis.disconnect(),
  }
}

/** Opens the state for every test of the file, or of the `describe` around it. @param begin runs before each of them */
export function withTestState(begin: (opened: TestState) => void): void {
  let opened: TestState
  beforeAll(async () => {
    opened = await openTestState()
  })
  afterAll(() => opened?.[Symbol.asyncDispose]())
  beforeEach(() => begin(opened))
}

function refuse({ what, key, message }: StateProblem): never {
  throw new Error(`${what} in ${key} cannot be used: ${message}`)
}
