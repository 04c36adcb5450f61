import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ARRIVAL_MS, type Chain, startChain } from '../support/chain.js'
import { eventually } from '../support/eventually.js'

const FIRST = { 'configs/app.yaml': 'database:\n  host: db\n  port: 5432\nfeature_flag: true\n' }

describe('the chain from a push to three stores', () => {
  let chain: Chain

  beforeAll(async () => {
    chain = await startChain({ name: 'chain', pollInterval: '1s' })
  }, 120_000)
  afterAll(() => chain?.[Symbol.asyncDispose]())

  it('brings a first push to every store', async () => {
    await chain.repository.commitFiles('main', FIRST)
    await chain.eventuallyEverywhere({ 'database.host': 'db', 'database.port': '5432', feature_flag: 'true' })
    expect(chain.host.deliveries.at(-1)?.status).toBe(202)
  })

  it('writes a change to the keys it is about', async () => {
    await chain.repository.commitFiles('main', { 'configs/app.yaml': 'database:\n  host: db2\n  port: 5432\nfeature_flag: true\n' })
    await chain.eventuallyEverywhere({ 'database.host': 'db2', 'database.port': '5432', feature_flag: 'true' })
  })

  it.each(['redis', 'mongo', 'zookeeper'] as const)('sees a value that was changed in %s behind its back, and heals it', async (store) => {
    await chain.stores[store].tamper('database.host', 'evil')
    await eventually(() => chain.varTrack.log().some((line) => line.datasource === store && line.msg.startsWith('drift: database.host changed')), {
      timeoutMs: ARRIVAL_MS,
    })
    await chain.eventuallyEverywhere({ 'database.host': 'db2', 'database.port': '5432', feature_flag: 'true' })
    await eventually(() => chain.varTrack.log().some((line) => line.datasource === store && line.msg.startsWith('healed')))
  })

  it('refuses a file that does not parse, and writes nothing', async () => {
    await chain.repository.commitFiles('main', { 'configs/app.yaml': 'database: [1, 2\n' })
    await eventually(() => chain.varTrack.log().some((line) => JSON.stringify(line).includes('format.syntax')))
    await chain.eventuallyEverywhere({ 'database.host': 'db2', 'database.port': '5432', feature_flag: 'true' })
  })

  it('follows a revert: the newest head wins, whatever commit it is', async () => {
    await chain.repository.commitFiles('main', FIRST)
    await chain.eventuallyEverywhere({ 'database.host': 'db', 'database.port': '5432', feature_flag: 'true' })
  })

  it('says in its metrics what it has done', async () => {
    const text = await (await fetch(`${chain.varTrack.adminUrl}/metrics`)).text()
    expect(text).toMatch(/vartrack_watcher_drift_total\{datasource="redis"\} [1-9]/)
    expect(text).toMatch(/vartrack_watcher_heal_total\{datasource="mongo"\} [1-9]/)
    expect(text).toMatch(/vartrack_watcher_poll_total\{datasource="zookeeper"\} [1-9]/)
  })

  it('carries one correlation id from the webhook to the write', () => {
    const written = chain.varTrack.log().find((line) => line.msg === 'written' && line.datasource === 'redis')
    const accepted = chain.varTrack.log().find((line) => line.correlation === written?.correlation && line.msg === 'delivery accepted')
    expect(accepted).toBeDefined()
  })
})
