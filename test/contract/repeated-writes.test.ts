import { type ApplyRequest, apply, restore } from '@vartrack/engine'
import { describe, expect, it } from 'vitest'
import { engineAt, pushOf } from './engine-at.js'
import { newLocation } from './store.js'

const STORES = ['redis with a hash', 'mongo on mongo-java-server', 'mongo with one document on FerretDB', 'zookeeper with plain values']
/** The first of two, as the settling of a change set has it: deletes come with the second. */
const PRUNING: Pick<ApplyRequest, 'prune'> = { prune: { enabled: true, scope: 'owned', last: false, dryRun: false, protection: [] } }
const KEEPING: typeof PRUNING = { prune: { ...PRUNING.prune, enabled: false } }

describe.each(STORES)('a write that comes a second time, at %s', (name) => {
  const at = engineAt(name)

  const undone = async ({ location, source, generation }: ApplyRequest) => {
    expect(await restore(at.context(), { location, source, generation })).toBe('restored')
    expect(await at.drift(location, 'ignore')).toBe('in_sync')
    return at.live(location)
  }

  it('is undone to what was there before the first, when its worker was killed before it could say that it had written', async () => {
    const location = newLocation(at.store)
    await apply(at.context(), await pushOf(location, 1, '{"a":"1","b":"1"}'))
    const asked = await pushOf(location, 3, '{"a":"2","c":"2"}', { ...PRUNING, repair: true })
    await apply(at.context(), asked)
    await apply(at.context(), asked)
    expect(await undone(asked)).toEqual({ a: '1', b: '1' })
  })

  it('is undone with the deletes that it brought beside what the first had changed', async () => {
    const location = newLocation(at.store)
    await apply(at.context(), await pushOf(location, 1, '{"a":"1","b":"1"}'))
    const asked = await pushOf(location, 3, '{"a":"2"}', KEEPING)
    await apply(at.context(), asked)
    await apply(at.context(), { ...asked, ...PRUNING, repair: true })
    expect(await at.live(location)).toEqual({ a: '2' })
    expect(await undone(asked)).toEqual({ a: '1', b: '1' })
  })

  it('is no second one when it is of another commit: Redis has lost that its generation was taken, and its undo would take back what stands', async () => {
    const location = newLocation(at.store)
    await apply(at.context(), await pushOf(location, 1, '{"a":"1"}'))
    const lost = await pushOf(location, 3, '{"a":"2"}', { ...KEEPING, commit: 'd'.repeat(40) })
    await apply(at.context(), lost)
    const taken = { ...lost, commit: 'e'.repeat(40) }
    for (const repair of [false, true]) await expect(apply(at.context(), { ...taken, repair })).rejects.toMatchObject({ code: 'fence.conflict' })
    expect(await at.live(location)).toEqual({ a: '2' })
  })

  it('leaves the change set under way its undo, when it was a heal that keeps none of its own', async () => {
    const location = newLocation(at.store)
    await apply(at.context(), await pushOf(location, 1, '{"a":"1","b":"1"}'))
    const asked = await pushOf(location, 3, '{"a":"2","b":"1"}', KEEPING)
    await apply(at.context(), asked)
    await at.store.tamper(location, { b: 'by hand' })
    await apply(at.context(), { ...asked, repair: true, undo: false })
    expect(await at.live(location)).toEqual({ a: '2', b: '1' })
    expect((await undone(asked))['a']).toBe('1')
  })
})
