import { describe, expect, it } from 'vitest'
import { compileModule } from './module.js'
import { emptySystem } from './system.mjs'

const [SUBSCRIBED, ANSWERED, COUNTED] = [0, 512, 1024]
const USER_DATA = 4711n

describe('the system that CUE sees', () => {
  it.each([
    ['from now', (view: DataView) => subscribe(view, { nanoseconds: 20_000_000n, absolute: false })],
    ['until a moment', (view: DataView) => subscribe(view, { nanoseconds: process.hrtime.bigint() + 20_000_000n, absolute: true })],
  ])('lets it sleep %s', async (_, ask) => {
    const memory = { buffer: new ArrayBuffer(2048) }
    const { calls } = emptySystem(await compileModule(64), () => memory)
    const view = new DataView(memory.buffer)
    ask(view)
    const started = performance.now()
    expect(calls['poll_oneoff']?.(SUBSCRIBED, ANSWERED, 1, COUNTED)).toBe(0)
    expect(performance.now() - started).toBeGreaterThan(15)
    expect([view.getUint32(COUNTED, true), view.getBigUint64(ANSWERED, true), view.getUint16(ANSWERED + 8, true)]).toEqual([1, USER_DATA, 0])
  })
})

/** A subscription to the monotonic clock. */
function subscribe(view: DataView, { nanoseconds, absolute }: { nanoseconds: bigint; absolute: boolean }): void {
  view.setBigUint64(SUBSCRIBED, USER_DATA, true)
  view.setUint32(SUBSCRIBED + 16, 1, true)
  view.setBigUint64(SUBSCRIBED + 24, nanoseconds, true)
  view.setUint16(SUBSCRIBED + 40, absolute ? 1 : 0, true)
}
