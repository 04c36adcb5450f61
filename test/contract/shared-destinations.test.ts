import { apply, plan } from '@vartrack/engine'
import { describe, expect, it } from 'vitest'
import { engineAt, pushOf } from './engine-at.js'
import { newLocation } from './store.js'

const STORES = ['redis with a hash', 'mongo on mongo-java-server', 'mongo with one document on FerretDB', 'zookeeper with plain values']

describe.each(STORES)('a key that moves from one repository to another, at %s', (name) => {
  const at = engineAt(name)

  it('stays where its new owner has put it, though the push that gives it up is written after that', async () => {
    const location = newLocation(at.store)
    const [from, to] = ['github/acme/from', 'github/acme/to']
    await apply(at.context(), await pushOf(location, 1, '{"mine":"1","moved":"1"}', { source: from }))
    await apply(at.context(), await pushOf(location, 1, '{"moved":"2"}', { source: to }))
    const late = await pushOf(location, 3, '{"mine":"2"}', { source: from })
    expect((await plan(at.context(), late)).summary).toMatchObject({ changed: 1, deleted: 0 })
    expect(await apply(at.context(), late)).toMatchObject({ deleted: 0 })
    expect(await at.live(location)).toEqual({ mine: '2', moved: '2' })
    for (const source of [from, to]) expect(await at.drift(location, 'drift', source)).toBe('in_sync')
  })
})
