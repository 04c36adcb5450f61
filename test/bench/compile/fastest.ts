import { monitorEventLoopDelay } from 'node:perf_hooks'
import { ms, type Row } from '../row.js'

const ROUNDS = 15
const MOST_LAG_MS = 20

/** What the work itself takes, without what else the machine does: the shortest of some rounds; and the p99 of the event loop's lag over all of them. */
export async function fastest(run: () => unknown, rounds = ROUNDS): Promise<{ milliseconds: number; lag: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  let milliseconds = Number.POSITIVE_INFINITY
  delay.enable()
  for (let round = 0; round < rounds; round += 1) {
    const begun = performance.now()
    await run()
    milliseconds = Math.min(milliseconds, performance.now() - begun)
  }
  delay.disable()
  return { milliseconds, lag: delay.percentile(99) / 1e6 }
}

/** The shortest of two works in turns, so that both meet the same machine. */
export async function inTurns(one: () => unknown, other: () => unknown, rounds = ROUNDS): Promise<[number, number]> {
  let shortest: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let round = 0; round < rounds; round += 1) {
    const [first, second] = [await fastest(one, 1), await fastest(other, 1)]
    shortest = [Math.min(shortest[0], first.milliseconds), Math.min(shortest[1], second.milliseconds)]
  }
  return shortest
}

/** The row about the event loop while something was measured. */
export function lagRow(what: string, lag: number): Row {
  return { name: `event loop lag p99, ${what}`, measured: ms(lag), raw: '-', ratio: '-', target: `<= ${MOST_LAG_MS} ms`, met: lag <= MOST_LAG_MS }
}
