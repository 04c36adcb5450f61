import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askApi } from '../support/admin-api.js'
import { ARRIVAL_MS } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { type FaultChain, startFaultChain } from '../support/fault-chain.js'

const RULES = `{_common, name: "branches", file_name: "configs/branch.yaml", env_as_branch: true, datasource: "redis", destination_template: "branch:{env}"}`

const settings = (region: string) => JSON.stringify({ variables_map: { REGION: region } })

describe('vartrack.json on the default branch', () => {
  let chain: FaultChain
  let store: Redis
  const expectHash = (name: string, expected: Record<string, string>) =>
    eventually(
      async () => {
        expect(await store.hgetall(name)).toEqual(expected)
        return true
      },
      { timeoutMs: ARRIVAL_MS },
    )

  beforeAll(async () => {
    chain = await startFaultChain({ name: 'settings', pollInterval: '1h', rules: RULES })
    store = new Redis(chain.servers.redis.port, { db: 1 })
    await chain.repository.commitFiles('main', { 'configs/branch.yaml': 'on: main\n' })
    await chain.repository.commitFiles('feature', { 'configs/branch.yaml': 'on: feature\n' })
    await expectHash('branch:main', { on: 'main' })
    await expectHash('branch:feature', { on: 'feature' })
  }, 120_000)
  afterAll(async () => {
    store?.disconnect()
    await chain?.[Symbol.asyncDispose]()
  })

  it('counts for the other branches as soon as it is pushed', async () => {
    await chain.repository.commitFiles('main', { 'vartrack.json': settings('eu') })
    await expectHash('branch:main', { on: 'main', REGION: 'eu' })
    await expectHash('branch:feature', { on: 'feature', REGION: 'eu' })
  })

  it('counts for them when it changes, when history is rewritten, and when it is gone', async () => {
    await chain.repository.commitFiles('main', { 'vartrack.json': settings('us') })
    await expectHash('branch:feature', { on: 'feature', REGION: 'us' })
    const files = { 'configs/branch.yaml': 'on: main\n', 'vartrack.json': settings('asia') }
    await chain.repository.commitFiles('main', files, 'From the start', { parent: null })
    await expectHash('branch:feature', { on: 'feature', REGION: 'asia' })
    await chain.repository.commitFiles('main', { 'vartrack.json': null })
    await expectHash('branch:feature', { on: 'feature' })
    await expectHash('branch:main', { on: 'main' })
  })

  it('of another branch counts for nobody', async () => {
    await chain.repository.commitFiles('feature', { 'vartrack.json': settings('evil'), 'configs/branch.yaml': 'on: feature again\n' })
    await expectHash('branch:feature', { on: 'feature again' })
    await expectHash('branch:main', { on: 'main' })
  })

  it('that is broken is refused once: the sweep waits with it as with any other commit that failed', async () => {
    const sweptMain = () => chain.varTrack.log().filter(({ msg, ref }) => msg.startsWith('sweep: its head') && ref === 'refs/heads/main')
    const isRefused = () => chain.varTrack.log().some(({ msg }) => msg.startsWith('job failed') && msg.includes('vartrack.json'))
    await chain.repository.commitFiles('main', { 'vartrack.json': '{"variables_map": 7}' })
    await eventually(isRefused, { timeoutMs: ARRIVAL_MS })
    const before = sweptMain().length
    // The sweep comes to this branch after main.
    await chain.repository.commitFiles('trunk', { 'configs/branch.yaml': 'on: trunk\n', 'vartrack.json': null }, 'unannounced', { notify: false })
    await askApi(chain.varTrack, '/jobs', { name: 'sweep', data: { platform: 'github' } })
    await eventually(() => chain.varTrack.log().some(({ msg, ref }) => msg.startsWith('sweep: its head') && ref === 'refs/heads/trunk'), {
      timeoutMs: ARRIVAL_MS,
    })
    expect(sweptMain()).toHaveLength(before)
  })
})
