import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askApi, changeSet } from '../support/admin-api.js'
import { ARRIVAL_MS, type Chain, startChain } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { type GitHost, type HostedRepository, startGitHost } from '../support/git-host.js'
import { startVarTrack } from '../support/vartrack.js'

const TOKEN = 'registry-token-canary-77'

describe('a schema registry that the environment names, on a host of its own', () => {
  let registryHost: GitHost
  let registry: HostedRepository
  let chain: Chain

  beforeAll(async () => {
    registryHost = await startGitHost({ password: TOKEN })
    registry = await registryHost.createRepository('rules/schemas')
    await registry.commitFiles('stable', { 'default.cue': '#Config: port: int\n' })
    const env = {
      SCHEMA_TENANT_ACME_REPO: `${registryHost.url}/rules/schemas.git`,
      SCHEMA_TENANT_ACME_BRANCH: 'stable',
      SCHEMA_TENANT_ACME_TOKEN: TOKEN,
    }
    chain = await startChain({ name: 'registry', start: (options) => startVarTrack({ ...options, env: { ...options.env, ...env } }) })
  }, 120_000)
  afterAll(async () => {
    await chain?.[Symbol.asyncDispose]()
    await registryHost?.close()
  })

  it('is read with its token, and governs its tenant', async () => {
    await chain.repository.commitFiles('main', { 'configs/app.yaml': 'port: none\n' })
    const refused = await changeSet(chain.varTrack, ({ state }) => state === 'refused')
    expect(refused.error).toMatchObject({ code: 'schema.violation', file: 'configs/app.yaml', line: 1, column: 1 })
    await chain.repository.commitFiles('main', { 'configs/app.yaml': 'port: 5432\n' })
    await chain.eventuallyEverywhere({ port: '5432' })
    expect(chain.varTrack.process.output()).not.toContain(TOKEN)
  })

  it('may be asked for by hand, and then governs anew what was planned before', async () => {
    await registry.commitFiles('stable', { 'default.cue': '#Config: port: string\n' })
    await refresh()
    await changeSet(chain.varTrack, ({ state, cause }) => state === 'refused' && cause === 'reload')
    await registry.commitFiles('stable', { 'default.cue': '#Config: port: int & <9000\n' })
    await refresh()
    const settled = await changeSet(chain.varTrack, ({ state, cause }) => state === 'settled' && cause === 'reload')
    expect(settled.error).toBeUndefined()
  })

  it('goes on governing when it is down: the last good schemas serve', async () => {
    registryHost.fault = { kind: 'status', status: 503 }
    await refresh()
    await eventually(() => chain.varTrack.log().some(({ job, msg }) => job === 'refresh' && /^job (retried|failed)/.test(msg)), {
      timeoutMs: ARRIVAL_MS,
    })
    await chain.repository.commitFiles('main', { 'configs/app.yaml': 'port: 9001\n' })
    await changeSet(chain.varTrack, ({ state, error }) => state === 'refused' && JSON.stringify(error).includes('9001'))
    await chain.repository.commitFiles('main', { 'configs/app.yaml': 'port: 8999\n' })
    await chain.eventuallyEverywhere({ port: '8999' })
  })

  async function refresh(): Promise<void> {
    const key = `${registryHost.url}/rules/schemas.git refs/heads/stable`
    await askApi(chain.varTrack, '/jobs', { name: 'refresh', data: { registry: key } })
  }
})
