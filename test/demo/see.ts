import { type Chain, STORES } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import type { StoreName } from '../support/store-views.js'
import type { LogLine } from '../support/vartrack.js'
import type { Row } from './table.js'

/** Longest that one thing may take to be seen, in ms. */
const PATIENCE_MS = 20_000

/** Between two looks, in ms: nothing is measured more finely. */
const LOOK_EVERY_MS = 5

/**
 * Waits until something holds, and makes a row of it; one that failed when it does not.
 * @param look gives what was seen, as soon as it holds
 * @param start gives the time it is measured from, in ms of the clock; `undefined`: not measured
 */
export async function see(what: string, look: () => Promise<string | false>, start?: () => number): Promise<Row> {
  try {
    const seen = await eventually(look, { timeoutMs: PATIENCE_MS, everyMs: LOOK_EVERY_MS })
    return { what, seen, ok: true, ...(start ? { ms: Date.now() - start() } : {}) }
  } catch (error) {
    return { what, seen: error instanceof Error ? error.message : String(error), ok: false }
  }
}

/** One row for each store, looked at together. */
export async function seeInEachStore(row: (store: StoreName) => Promise<Row>): Promise<Row[]> {
  return await Promise.all(STORES.map(row))
}

/** The first line of varTrack's log since `from`, in ms of the clock, that fits. */
export function heard(chain: Chain, from: number, fits: (line: LogLine) => boolean): LogLine | undefined {
  return chain.varTrack.log().find((line) => timeOf(line) >= from && fits(line))
}

/** When varTrack took the webhook of a commit, in ms of the clock. @throws Error when it has not */
export function takenAt(chain: Chain, commit: string): number {
  const delivery = chain.host.deliveries.find((one) => one.after === commit)
  const line = delivery && heard(chain, 0, (one) => one.msg === 'delivery accepted' && one.delivery === delivery.deliveryId)
  if (!line) throw new Error(`No webhook of commit ${commit.slice(0, 7)} was taken${delivery ? `: ${delivery.status} ${delivery.body}` : ''}`)
  return timeOf(line)
}

/** Waits until varTrack has done all that a commit asks for. @throws Error when it does not */
export async function settled(chain: Chain, commit: string): Promise<void> {
  const isIt = (line: LogLine) => line.commit === commit && (line.msg === 'change set settled' || line.msg.endsWith('nothing to do'))
  await eventually(() => heard(chain, 0, isIt), { timeoutMs: PATIENCE_MS, everyMs: LOOK_EVERY_MS })
}

function timeOf(line: LogLine): number {
  return Date.parse(String(line.time))
}
