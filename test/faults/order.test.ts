import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Chain, startChain } from '../support/chain.js'
import { watchGenerations } from '../support/generations.js'
import { pushFirst, pushHost } from '../support/push-host.js'

const quiet = { notify: false }

describe('the order of pushes', () => {
  let chain: Chain
  let generations: ReturnType<typeof watchGenerations>

  beforeAll(async () => {
    chain = await startChain({ name: 'order', pollInterval: '1s' })
    generations = watchGenerations(chain)
    await pushFirst(chain)
  }, 120_000)
  afterAll(async () => {
    await generations?.stop()
    await chain?.[Symbol.asyncDispose]()
  })

  it('ends at the newest head when webhooks come late, twice and in every order', async () => {
    const commits: (string | undefined)[] = [await chain.repository.head('refs/heads/main')]
    for (const name of ['a', 'b', 'c', 'd']) commits.push(await pushHost(chain, name, quiet))
    const orders = [
      [4, 3, 2, 1],
      [2, 4, 1, 3],
      [1, 1, 4, 2],
    ]
    await Promise.all(orders.flat().map((index) => chain.announce('refs/heads/main', commits[index])))
    await chain.eventuallyEverywhere({ host: 'd' })
  })

  it('follows a revert to an older commit', async () => {
    const before = await chain.repository.head('refs/heads/main')
    await pushHost(chain, 'mistake')
    await chain.eventuallyEverywhere({ host: 'mistake' })
    await chain.repository.setRef('refs/heads/main', before)
    await chain.eventuallyEverywhere({ host: 'd' })
  })

  it('follows a force-push that shares no history', async () => {
    await pushHost(chain, 'new history', { parent: null })
    await chain.eventuallyEverywhere({ host: 'new history' })
  })

  it('goes on from what the destinations know when Redis was emptied in between', async () => {
    const known = await generations.now()
    await chain.emptyRedis()
    await pushHost(chain, 'after the loss')
    await chain.eventuallyEverywhere({ host: 'after the loss' })
    expect(await generations.now()).toBeGreaterThan(known)
  })

  it('sees drift after Redis was emptied: the baseline lies at the destination', async () => {
    await chain.emptyRedis()
    await chain.stores.zookeeper.tamper('host', 'evil')
    await chain.eventuallyEverywhere({ host: 'after the loss' })
  })

  it('plans what no webhook told of', async () => {
    await pushHost(chain, 'untold', quiet)
    await chain.emptyRedis()
    await chain.eventuallyEverywhere({ host: 'untold' })
  })

  it('never let a generation fall at a destination', () => {
    expect(generations.seen.length).toBeGreaterThan(5)
    expect(generations.seen).toEqual(generations.seen.toSorted((one, other) => one - other))
  })
})
