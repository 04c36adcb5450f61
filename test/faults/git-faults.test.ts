import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeSet } from '../support/admin-api.js'
import { ARRIVAL_MS } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { expectAlive } from '../support/expect-alive.js'
import { type FaultChain, startFaultChain } from '../support/fault-chain.js'
import type { CommitOptions, GitFault } from '../support/git-host.js'
import { pushFirst, pushHost } from '../support/push-host.js'

/** A host answers by starting processes. varTrack waits half as long for a piece of an answer before it leaves the fetch to git, and then as long for git's. */
const PATIENCE = 'timeout: "4s"'

describe('a push while the Git host has a fault', () => {
  let chain: FaultChain
  let pushes = 0
  const commit = (host: string, options?: CommitOptions) => pushHost(chain, host, options)
  const eventuallyTold = (since: number, code: RegExp) =>
    eventually(
      () =>
        chain.varTrack
          .log()
          .slice(since)
          .find((line) => line.queue === 'plan' && code.test(line.msg)),
      { timeoutMs: ARRIVAL_MS },
    )

  beforeAll(async () => {
    chain = await startFaultChain({ name: 'git', pollInterval: '1h', platform: PATIENCE })
    await pushFirst(chain)
  }, 120_000)
  afterAll(() => chain?.[Symbol.asyncDispose]())

  it('goes without git fetch while there is none', async () => {
    await commit('second')
    await chain.eventuallyEverywhere({ host: 'second' })
    const metrics = await (await fetch(`${chain.varTrack.adminUrl}/metrics`)).text()
    expect(metrics).toMatch(/^vartrack_git_fetches_total\{way="in_process",because="fetched"\} [1-9]/m)
  })

  it.each<[string, GitFault, RegExp]>([
    ['answers 500', { kind: 'status', status: 500 }, /^job retried: .*is up.* \[git\.unreachable\]/],
    ['resets every connection', { kind: 'reset' }, /^job retried: .*is up.* \[git\.unreachable\]/],
    ['does not answer', { kind: 'hang' }, /^job retried: .*Check that the Git host answers.* \[git\.timeout\]/],
    ['breaks off its answer', { kind: 'truncate', afterBytes: 60 }, /^job retried: .*is up.* \[git\.unreachable\]/],
  ])('is told why, tried again, and arrives once the host serves again: it %s', async (_, fault, told) => {
    const since = chain.varTrack.log().length
    const value = `v${++pushes}`
    await commit(value, { notify: false })
    chain.host.fault = fault
    await chain.announce('refs/heads/main')
    await eventuallyTold(since, told)
    chain.host.fault = undefined
    await chain.eventuallyEverywhere({ host: value })
  })

  it('is refused with the code when the host wants credentials, writes nothing, and a later push arrives', async () => {
    const since = chain.varTrack.log().length
    await commit('forbidden', { notify: false })
    chain.host.fault = { kind: 'status', status: 401 }
    await chain.announce('refs/heads/main')
    await eventuallyTold(since, /^job failed: .*\[git\.auth\]/)
    const { error } = await changeSet(chain.varTrack, ({ state }) => state === 'refused')
    expect(error).toMatchObject({ code: 'git.auth', remedy: expect.stringContaining('token') })
    await chain.eventuallyEverywhere({ host: `v${pushes}` })
    chain.host.fault = undefined
    await commit('allowed again')
    await chain.eventuallyEverywhere({ host: 'allowed again' })
  })

  it('ends at the newest head when the branch is force-pushed again and again while it is planned', async () => {
    for (let index = 0; index < 8; index++) void (await commit(`forced ${index}`, { parent: null }))
    await commit('the last', { parent: null })
    await chain.eventuallyEverywhere({ host: 'the last' })
  })

  it('has the process alive after all of it, and the log tells that git had to do it', async () => {
    expect(chain.varTrack.log().some((line) => line.msg === 'left to git fetch')).toBe(true)
    await expectAlive(chain.varTrack)
  })
})
