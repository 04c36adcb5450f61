import { mkdir } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { temporaryDirectory } from '../support/temporary-directory.js'
import { run, SetupError } from './run.mjs'
import { runChains } from './steps.mjs'

describe('a step of the set-up that fails', () => {
  beforeEach(() => void vi.spyOn(console, 'log').mockImplementation(() => undefined))
  afterEach(() => vi.restoreAllMocks())

  it('is told at once, while other chains go on, and its reason at the end', async () => {
    const told: string[] = []
    vi.spyOn(console, 'log').mockImplementation((line: string) => void told.push(line))
    const failing = step('fetching', () => Promise.reject(new Error('no network')))
    const slow = step('building', async () => {
      await vi.waitUntil(() => told.some((line) => /fetching +failed/.test(line)))
    })
    await expect(runChains([[failing], [slow]])).rejects.toThrow('fetching: Error: no network')
    expect(told.at(-1)).toMatch(/building +done/)
  })

  it('says that the network is to be seen to, when it fetches', async () => {
    const fetching = { ...step('server', () => Promise.reject(new SetupError('no such host'))), fetches: true }
    await expect(runChains([[fetching]])).rejects.toThrow(/^server: no such host\n {2}This is fetched from the network: .* run this again\.$/)
  })

  it('for what the machine refuses shows that, and no stack', async () => {
    await using directory = await temporaryDirectory('steps')
    const failed = runChains([[step('cache', () => mkdir(directory.path))]])
    await expect(failed).rejects.toThrow(`cache: EEXIST: file already exists, mkdir '${directory.path}'`)
    await expect(failed).rejects.not.toThrow('    at ')
  })
})

describe('a command of the set-up that fails', () => {
  it('says with which code it ended, and what it said', async () => {
    await expect(run('sh', ['-c', 'echo no space; exit 3'])).rejects.toThrow(/failed \(3\):\n {2}\| no space/)
  })

  it('says that it was killed, as a compiler is when memory is short', async () => {
    await expect(run('sh', ['-c', 'kill -9 $$'])).rejects.toThrow('failed (it was ended by SIGKILL)')
  })

  it('says that it could not be started', async () => {
    await expect(run('no-such-program-here', [])).rejects.toThrow('failed (it could not be started)')
  })
})

function step(name: string, make: () => Promise<unknown>) {
  return { name, why: 'for the test', make }
}
