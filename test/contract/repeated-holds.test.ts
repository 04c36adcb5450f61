import { apply, restore } from '@vartrack/engine'
import { describe, expect, it } from 'vitest'
import { engineAt, pushOf } from './engine-at.js'
import { proxyBefore } from './steps/ground.js'
import { newLocation, openSession } from './store.js'

const STORES = ['redis with a hash', 'mongo on mongo-java-server', 'mongo with one document on mongo-java-server', 'zookeeper with plain values']

/** Places at which a repair stands still side by side. */
const AT_ONCE = 8

type Comes = (location: string) => Promise<unknown>
type Look = (location: string, step: number) => Promise<void>

const { signal } = new AbortController()

describe.each(STORES)('a repair under the generation that stands there, at %s', (name) => {
  const at = engineAt(name)
  const newerPush = async (location: string) => apply(at.context(), await pushOf(location, 5, '{"a":"2"}'))
  const undo = async (location: string) =>
    expect(await restore(at.context(), { location, source: 'github/acme/app', generation: 3 })).toBe('restored')
  /** Has a repair stand still after a step, while somebody comes. @returns whether it came to that step */
  const standsStillAfter = async (step: number, comes: Comes, look: Look): Promise<boolean> => {
    const location = newLocation(at.store)
    await apply(at.context(), await pushOf(location, 1, '{"a":"0","b":"1"}'))
    const standing = await pushOf(location, 3, '{"a":"1","k":"1"}')
    await apply(at.context(), standing)
    await at.store.tamper(location, { k: null, a: 'by hand' })
    await using proxy = await proxyBefore(at.store)
    await using slow = await openSession(at.store, at.store.at(proxy.port))
    const held = new Promise((resolve) => proxy.count({ step, after: 'answered', fate: 'held' }, () => resolve('held')))
    const ended = apply(at.context(slow), { ...standing, repair: true, undo: false }).catch(() => 'refused')
    if ((await Promise.race([held, ended])) !== 'held') return false
    await comes(location)
    proxy.letOn()
    await ended
    await look(location, step)
    return true
  }
  /** The same after each of its steps. */
  const whileItStandsStill = async (comes: Comes, look: Look): Promise<void> => {
    for (let first = 0; ; first += AT_ONCE) {
      const steps = Array.from({ length: AT_ONCE }, (_, index) => first + index)
      const came = await Promise.all(steps.map((step) => standsStillAfter(step, comes, look)))
      if (came.includes(false)) return
    }
  }

  it('that stands still while a newer push comes changes nothing of it', async () => {
    await whileItStandsStill(newerPush, async (location, step) => {
      expect([step, await at.live(location)]).toEqual([step, { a: '2' }])
      expect((await at.session.heads(location, signal)).map(({ generation }) => generation)).toEqual([5])
      expect(await at.drift(location)).toBe('in_sync')
    })
  })

  it('that stands still while what it repairs is undone changes nothing of that', async () => {
    await whileItStandsStill(undo, async (location, step) => {
      expect([step, await at.live(location)]).toEqual([step, { a: '0', b: '1' }])
      expect((await at.session.heads(location, signal)).map(({ generation }) => generation)).toEqual([4])
      expect(await at.drift(location)).toBe('in_sync')
    })
  })
})
