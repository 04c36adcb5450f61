import { type Chain, startChain } from '../support/chain.js'
import { freePort, portOrFree } from '../support/free-port.js'
import { type LogLine, startVarTrack } from '../support/vartrack.js'
import { bundleText } from './bundle.js'

/** All that the demo has started. */
export interface Stage extends AsyncDisposable {
  readonly chain: Chain
  /** Bearer token of the Bull Board. */
  readonly token: string
}

/** What README.md names; where one is taken, the demo says which it took instead. */
export const PORTS = { git: 5650, redis: 5651, mongo: 5652, zookeeper: 5653, webhooks: 5657, metrics: 9090 } as const

/**
 * Starts Redis, a MongoDB-wire server, ZooKeeper, a Git host and varTrack.
 * @param ports `usual`: {@link PORTS} where they are free; `any`: whatever is free
 * @param onLog told of every line of varTrack's log
 */
export async function startStage(ports: 'usual' | 'any', onLog: (line: LogLine) => void): Promise<Stage> {
  const pick = (name: keyof typeof PORTS) => (ports === 'any' ? freePort() : portOrFree(PORTS[name]))
  const chain = await startChain({
    name: 'app',
    bundle: bundleText,
    ports: { git: await pick('git'), redis: await pick('redis'), mongo: await pick('mongo'), zookeeper: await pick('zookeeper') },
    start: async (options) => startVarTrack({ ...options, port: await pick('webhooks'), adminPort: await pick('metrics'), onLog }),
  })
  return { chain, token: tokenIn(chain.varTrack.log()), [Symbol.asyncDispose]: () => chain[Symbol.asyncDispose]() }
}

function tokenIn(log: readonly LogLine[]): string {
  const token = log.find((line) => line.admin_access !== undefined)?.admin_access
  if (typeof token !== 'string') throw new Error('varTrack told no token')
  return token
}
