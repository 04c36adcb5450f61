import { type Chain, type ChainPorts, startChain } from '../support/chain.js'
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
  const { webhooks, metrics, ...others } = await pickPorts(ports)
  const chain = await startChain({
    name: 'app',
    bundle: bundleText,
    ports: others satisfies ChainPorts,
    start: (options) => startVarTrack({ ...options, port: webhooks, adminPort: metrics, onLog }),
  })
  return { chain, token: tokenIn(chain.varTrack.log()), [Symbol.asyncDispose]: () => chain[Symbol.asyncDispose]() }
}

async function pickPorts(which: 'usual' | 'any'): Promise<Record<keyof typeof PORTS, number>> {
  const picked = { ...PORTS } as Record<keyof typeof PORTS, number>
  for (const name of Object.keys(PORTS) as (keyof typeof PORTS)[]) picked[name] = await (which === 'any' ? freePort() : portOrFree(PORTS[name]))
  return picked
}

function tokenIn(log: readonly LogLine[]): string {
  const token = log.find((line) => line.admin_access !== undefined)?.admin_access
  if (typeof token !== 'string') throw new Error('varTrack told no token')
  return token
}
