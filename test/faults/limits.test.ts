import { execFile } from 'node:child_process'
import { chmod, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ARRIVAL_MS } from '../support/chain.js'
import { eventually } from '../support/eventually.js'
import { expectAlive } from '../support/expect-alive.js'
import { type FaultChain, startFaultChain } from '../support/fault-chain.js'
import { pushFirst, pushHost } from '../support/push-host.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'
import type { LogLine } from '../support/vartrack.js'

const run = promisify(execFile)

/** A limit on the size of files ends a process that meets it; without the signal its writes fail, as they do on a full disk. */
const TOLD_INSTEAD_OF_KILLED = `#!/bin/sh
trap '' XFSZ
PATH="\${PATH#*:}"
exec git "$@"
`

describe('a push while the machine has no more to give', () => {
  let chain: FaultChain
  let programs: TemporaryDirectory
  let files: string
  const commit = (host: string) => pushHost(chain, host, { notify: false })
  /** Sets a soft limit of the running process, which what it starts from now on inherits. */
  const limit = (name: 'nofile' | 'fsize', value: number | string) =>
    run('prlimit', ['--pid', String(chain.varTrack.process.pid), `--${name}=${value}:`])
  const softLimit = async () =>
    (await run('prlimit', ['--pid', String(chain.varTrack.process.pid), '--nofile', '-o', 'SOFT', '--noheadings'])).stdout.trim()
  const openFiles = async () => (await readdir(`/proc/${chain.varTrack.process.pid}/fd`)).length
  const eventuallyTold = (since: number, fits: (line: LogLine) => boolean) =>
    eventually(() => chain.varTrack.log().slice(since).find(fits), { timeoutMs: ARRIVAL_MS })

  beforeAll(async () => {
    programs = await temporaryDirectory('programs')
    await writeFile(join(programs.path, 'git'), TOLD_INSTEAD_OF_KILLED)
    await chmod(join(programs.path, 'git'), 0o755)
    chain = await startFaultChain({ name: 'limits', pollInterval: '1h', env: { PATH: `${programs.path}:${process.env['PATH']}` } })
    files = await softLimit()
    await pushFirst(chain)
  }, 120_000)
  afterAll(async () => {
    await chain?.[Symbol.asyncDispose]()
    await programs?.[Symbol.asyncDispose]()
  })

  it('is told that the Git cache cannot be written, tried again, and arrives when it can', async () => {
    const since = chain.varTrack.log().length
    await limit('fsize', 0)
    await commit('no room')
    await chain.announce('refs/heads/main')
    const line = await eventuallyTold(since, ({ msg, queue }) => queue === 'plan' && msg.startsWith('job '))
    expect(line.msg).toMatch(/^job retried: .*GIT_CACHE_DIR.* \[git\.disk_full\]$/)
    await limit('fsize', 'unlimited')
    await chain.eventuallyEverywhere({ host: 'no room' })
  })

  it('is tried again while no file can be opened and no connection made, and arrives when they can', async () => {
    const since = chain.varTrack.log().length
    await commit('no descriptors')
    chain.host.fault = { kind: 'status', status: 500 }
    await chain.announce('refs/heads/main')
    await eventuallyTold(since, ({ msg }) => msg.startsWith('job retried'))
    const before = chain.varTrack.log().length
    await limit('nofile', await openFiles())
    chain.host.fault = undefined
    const line = await eventuallyTold(before, ({ msg, queue }) => queue === 'plan' && msg.startsWith('job '))
    expect(line.msg).toMatch(/^job retried: .* \[git\.\w+\]$/)
    await limit('nofile', files)
    await chain.eventuallyEverywhere({ host: 'no descriptors' })
  })

  it('keeps the process alive, at its doors too', async () => {
    await limit('nofile', await openFiles())
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => fetch(`${chain.varTrack.url}/health/liveness`)))
    expect(asked.filter(({ status }) => status === 'rejected')).not.toEqual([])
    await limit('nofile', files)
    await eventually(async () => (await fetch(`${chain.varTrack.url}/health/liveness`)).status === 200)
    await expectAlive(chain.varTrack)
    await pushHost(chain, 'afterwards')
    await chain.eventuallyEverywhere({ host: 'afterwards' })
  })
})
