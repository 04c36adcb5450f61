import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeSet } from '../support/admin-api.js'
import { expectUnharmed } from '../support/attack.js'
import { type Chain, startChain } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { pushPayload } from '../support/git-host.js'
import { signedPush } from '../support/ingress-door.js'

const MAIN = 'refs/heads/main'
let chain: Chain
let inside: Server
/** Requests that reached what only varTrack's own network should reach. */
const reached: string[] = []
const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

beforeAll(async () => {
  inside = createServer((request, response) => {
    reached.push(request.url ?? '')
    response.end('metadata')
  })
  await listening(inside)
  chain = await startChain({ name: 'addresses', pollInterval: '1h' })
  await chain.repository.commitFiles('main', { 'configs/app.yaml': 'first: 1\n' })
  await chain.eventuallyEverywhere({ first: '1' })
}, 120_000)
afterAll(async () => {
  await chain?.[Symbol.asyncDispose]()
  inside?.close()
})

const listening = (server: Server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

describe('an address that somebody outside can name', () => {
  it('in a signed delivery is not asked: the bundle alone says where a repository lies', async () => {
    const there = addressOf(inside)
    const { repository, ...payload } = pushPayload({
      url: chain.host.url,
      repo: chain.repository.name,
      ref: MAIN,
      before: undefined,
      after: 'b'.repeat(40),
    })
    const named = ['clone_url', 'git_url', 'ssh_url', 'svn_url', 'url', 'archive_url', 'contents_url', 'hooks_url', 'statuses_url', 'mirror_url']
    const lying = { ...(repository as object), ...Object.fromEntries(named.map((name) => [name, `${there}/${name}`])) }
    await chain.repository.commitFiles('main', { 'configs/app.yaml': 'second: 2\n' }, 'second', { notify: false })
    const delivery = signedPush(
      { ...payload, repository: lying, compare: there, sender: { avatar_url: there } },
      {},
      chain.host.webhook?.secret ?? '',
    )
    expect((await fetch(`${chain.varTrack.url}/webhooks`, delivery)).status).toBe(202)
    await chain.eventuallyEverywhere({ second: '2' })
    expect(reached).toEqual([])
  })

  it('in a redirect of the Git host is not followed; the push is refused with what to do, and the next one arrives', async () => {
    chain.host.fault = { kind: 'redirect', to: `${addressOf(inside)}/latest/meta-data` }
    await chain.repository.commitFiles('main', { 'configs/app.yaml': 'third: 3\n' })
    const { error } = await changeSet(chain.varTrack, ({ state }) => state === 'refused')
    expect(error).toMatchObject({ code: 'git.redirect', remedy: expect.stringContaining('endpoint') })
    await chain.eventuallyEverywhere({ second: '2' })
    chain.host.fault = undefined
    await chain.announce(MAIN)
    await chain.eventuallyEverywhere({ third: '3' })
    expect(reached).toEqual([])
  })

  it('would have been seen, had it been asked', async () => {
    await fetch(addressOf(inside))
    await eventually(() => reached.length === 1)
    reached.length = 0
  })

  it('leaves varTrack as it was', () => expectUnharmed(chain))
})
