import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { ms, type Row } from '../row.js'

const ROUNDS = 15
const MOST_LAG_MS = 20

/** What the work itself takes, without what else the machine does: the shortest of some rounds; and the p99 of the event loop's lag over all of them. */
export async function fastest(run: () => unknown, rounds = ROUNDS): Promise<{ milliseconds: number; lag: number }> {
  collectGarbage()
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

/** What was left behind before is not to be collected in the time that is measured. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
}

/** Runs in a row: a run's garbage is collected in a later one, and is to be paid by the work that made it. */
const RUNS = 5

/** The shortest times of two measurements that are taken in turns, so that both meet the same machine. */
export async function inTurns(one: () => Promise<number>, other: () => Promise<number>, rounds = ROUNDS): Promise<[number, number]> {
  let shortest: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let round = 0; round < rounds; round += 1) {
    const [first, second] = [await one(), await other()]
    shortest = [Math.min(shortest[0], first), Math.min(shortest[1], second)]
  }
  return shortest
}

/** What a work takes in the mean of some runs in a row, in ms. */
export async function meanOf(run: () => unknown, runs = RUNS): Promise<number> {
  collectGarbage()
  const begun = performance.now()
  for (let count = 0; count < runs; count += 1) await run()
  return (performance.now() - begun) / runs
}

/** The row about the event loop while something was measured. */
export function lagRow(what: string, lag: number): Row {
  return { name: `event loop lag p99, ${what}`, measured: ms(lag), raw: '-', ratio: '-', target: `<= ${MOST_LAG_MS} ms`, met: lag <= MOST_LAG_MS }
}
